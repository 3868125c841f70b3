import { type CommandName, type Default, forCommand, type Option } from './option.js';
import { flagOf } from './option-name.js';
import { type OptionName, optionNamed } from './option-table.js';

/** An option of a command in words, for help and documentation. */
export interface OptionDescription {
  /** As the command line spells it: `-o, --output <path>`, or `<dataset...>` for an argument. */
  readonly flags: string;
  readonly meaning: string;
  /** What else there is to know, a few words each. */
  readonly notes: readonly string[];
  /** What holds when it is left out; undefined when there is nothing to say. */
  readonly fallback: string | undefined;
}

export function describeOption(name: OptionName, option: Option, command: CommandName): OptionDescription {
  return {
    flags: flagsOf(name, option),
    meaning: forCommand(option.help, command)!,
    notes: [choicesToName(option, command), batchNote(name, option, command)].filter(
      (note) => note !== undefined,
    ),
    fallback: fallbackOf(forCommand(option.default, command)),
  };
}

function flagsOf(name: OptionName, { surface, short, value }: Option): string {
  const { placeholder, spelling } = value;
  const several = spelling === 'words' ? '...' : '';
  if (surface === 'argument') return `<${name}${several}>`;
  const shown = placeholder === '' ? '' : ` <${placeholder}${several}>`;
  return `${short === undefined ? '' : `-${short}, `}${flagOf(name)}${shown}`;
}

/** The choices there are, unless the help names them all. */
function choicesToName({ value, help }: Option, command: CommandName): string | undefined {
  const text = forCommand(help, command)!;
  return value.choices?.every((choice) => text.includes(choice)) ? undefined : value.choices?.join(', ');
}

/** Which of a server's two ways an option is for, when it is for one. */
function batchNote(name: OptionName, { concerns }: Option, command: CommandName): string | undefined {
  if (!optionNamed('teacherBatch').commands.includes(command)) return undefined;
  const isForLive = concerns?.includes('openai') ?? false;
  const isForBatches = concerns?.includes('batch') ?? false;
  if (isForLive === isForBatches || name === 'teacherBatch') return undefined;
  return `${isForLive ? 'not ' : ''}with ${flagOf('teacherBatch')}`;
}

function fallbackOf(fallback: Default | undefined): string | undefined {
  if (fallback === undefined) return undefined;
  if (fallback.text !== undefined) return fallback.text;
  const { value } = fallback as { readonly value: unknown };
  return value === true ? 'yes' : String(value);
}
