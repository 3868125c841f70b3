import { type AnyOptions, isSet, misfits, needsStudent, needsTeacher } from './applicability.js';
import { withDefaults } from './defaults.js';
import { type CommandName, forCommand } from './option.js';
import { optionError } from './option-error.js';
import { named } from './option-name.js';
import { checkOptions, libraryNames } from './option-schema.js';
import { isOptionName, type OptionName, optionNamed, optionsOf } from './option-table.js';
import { type CompleteOptions, REQUIRED } from './required-options.js';

/** What a function of the library may take beside options. */
const RUNTIME_MEMBERS = ['signal', 'onStart', 'onProgress', 'onWait', 'onNotice'] as const;
type RuntimeMember = (typeof RUNTIME_MEMBERS)[number];

/**
 * A command's options, checked and with defaults in place.
 * @param given - As the caller gave them.
 * @param runtime - The members among them that are no options, but exist while the command runs.
 * @throws {ReflectionError} `invalid_option`, its `option` the one that is unknown, missing or unusable, does not
 * apply here or cannot go with another.
 */
export function readOptions<Command extends CommandName>(
  command: Command,
  given: object,
  runtime: readonly RuntimeMember[] = [],
): CompleteOptions<Command> {
  const entries = Object.entries(given).filter(([name]) => !runtime.some((member) => member === name));
  const options: AnyOptions = checkOptions(libraryNames(command), Object.fromEntries(entries));
  requireOptions(command, options);
  refuseConflicts(command, options);
  refuseMisfits(command, options);
  requireNeeds(command, options);
  // what is required is there, which the compiler cannot know
  return withDefaults(command, options) as unknown as CompleteOptions<Command>;
}

/** @throws {ReflectionError} `invalid_option` for an option that is missing. */
export function requireOptions(command: CommandName, options: AnyOptions): void {
  const required: readonly OptionName[] = [
    ...REQUIRED[command],
    ...(needsStudent(command, options) ? (['student'] as const) : []),
    ...(needsTeacher(command, options) ? (['teacher'] as const) : []),
  ];
  const missing = required.find((name) => options[name] === undefined);
  if (missing === undefined) return;
  const help = forCommand(optionNamed(missing).help, command);
  throw optionError(missing, `${named(missing)} is missing.`, {
    remedy: `Give ${named(missing)}, ${help}${elsewise(command, missing)}.`,
  });
}

/** How else what is missing could be done without. */
function elsewise(command: CommandName, missing: OptionName): string {
  if (command !== 'run') return '';
  if (missing === 'student') return `; or choose ${named('mode')} v1, which keeps everything`;
  if (missing === 'teacher')
    return `; or choose ${named('mode')} score-only for rows that bring their candidates`;
  return '';
}

/** The pairs of a command's options that cannot go together. */
export function conflictsOf(command: CommandName): readonly (readonly [OptionName, OptionName])[] {
  return optionsOf(command).flatMap(([name, { conflicts = [] }]) =>
    conflicts
      .filter((other) => isOptionName(other) && optionNamed(other).commands.includes(command))
      .map((other) => [name, other as OptionName] as const),
  );
}

function refuseConflicts(command: CommandName, options: AnyOptions): void {
  const both = conflictsOf(command).find((pair) => pair.every((name) => isSet(options, name)));
  if (both === undefined) return;
  const [option, other] = both;
  throw optionError(option, `${named(option)} and ${named(other)} cannot go together.`, {
    remedy: 'Leave one of them out.',
  });
}

/** @throws {ReflectionError} `invalid_option` for an option that is set, but does not apply beside the others. */
export function refuseMisfits(command: CommandName, options: AnyOptions): void {
  const [misfit] = misfits(command, options);
  if (misfit !== undefined) throw optionError(misfit.option, misfit.message, { remedy: 'Leave it out.' });
}

/** @throws {ReflectionError} `invalid_option` for an option without one that it needs. */
export function requireNeeds(command: CommandName, options: AnyOptions): void {
  for (const [name, option] of optionsOf(command)) {
    if (!isSet(options, name)) continue;
    const needs = (forCommand(option.needs, command) ?? []) as readonly OptionName[];
    const lacking = needs.find((other) => !isSet(options, other));
    if (lacking === undefined) continue;
    throw optionError(name, `${named(name)} means nothing without ${named(lacking)}.`, {
      remedy: `Give ${named(lacking)} as well.`,
    });
  }
}
