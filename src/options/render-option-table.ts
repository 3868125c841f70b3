import { describeOption, type OptionDescription } from './describe-option.js';
import { type CommandName, forCommand, OPTION_GROUPS } from './option.js';
import { optionsOf } from './option-table.js';

/**
 * The options of a command as a table in Markdown, in the order of its help.
 * @param beyond - Another command whose options are left out.
 */
export function renderOptionTable(command: CommandName, beyond?: CommandName): string {
  const options = optionsOf(command).filter(
    ([, { surface, commands }]) =>
      surface !== 'library' && (beyond === undefined || !commands.includes(beyond)),
  );
  const rows = OPTION_GROUPS.flatMap((group) => {
    const own = options.filter(([, option]) => forCommand(option.group, command) === group);
    if (own.length === 0) return [];
    return [
      `| **${group}** | | |`,
      ...own.map(([name, option]) => row(describeOption(name, option, command))),
    ];
  });
  return ['| option | meaning | default |', '| --- | --- | --- |', ...rows].join('\n');
}

function row({ flags, meaning, notes, fallback }: OptionDescription): string {
  const text = notes.length === 0 ? meaning : `${meaning} (${notes.join('; ')})`;
  return `| \`${flags.replaceAll('|', '\\|')}\` | ${withCode(text)} | ${withCode(fallback ?? '')} |`;
}

/** Marks flags, placeholders and names with placeholders in them as code. */
function withCode(text: string): string {
  return text.replace(/--[a-z-]+|\w+:<\w+>|\{\w+\}|\*_\w+\.\w+/g, '`$&`');
}
