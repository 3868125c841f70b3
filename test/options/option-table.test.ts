import { Command } from 'commander';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addOptions, givenOptions } from '../../src/cli/options/add-options.js';
import { CONFIG, CONFIGURABLE_COMMANDS } from '../../src/options/config.js';
import { COMMANDS, forCommand } from '../../src/options/option.js';
import { flagOf } from '../../src/options/option-name.js';
import { checkOptions, libraryNames, settingNames } from '../../src/options/option-schema.js';
import {
  isOptionName,
  OPTIONS,
  type OptionName,
  optionNamed,
  optionsOf,
} from '../../src/options/option-table.js';
import { renderOptionTable } from '../../src/options/render-option-table.js';
import { anySetting, spell } from './option-arbitraries.js';

const NAMES = Object.keys(OPTIONS) as OptionName[];

describe.each(COMMANDS)('the options of %s', (name) => {
  const parse = (args: readonly string[]) => {
    const command = addOptions(new Command(name), name).exitOverride();
    command.parse(args, { from: 'user' });
    return givenOptions(command);
  };

  it('mean the same as a flag, in a config file and in the library', () => {
    fc.assert(
      fc.property(anySetting(name), ({ name: option, value }) => {
        const given = { [option]: value };
        expect(parse(spell(option, value))).toEqual(given);
        expect(checkOptions(libraryNames(name), given)).toEqual(given);
        const section = CONFIGURABLE_COMMANDS.find((command) => command === name);
        if (section !== undefined) {
          expect(CONFIG.parse({ [section]: given })).toEqual({ [section]: given });
          expect(CONFIG.parse(given)).toEqual(given);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('are all in its help and in its table', () => {
    const help = addOptions(new Command(name).configureHelp({ helpWidth: 1000 }), name).helpInformation();
    const table = renderOptionTable(name);
    for (const [option, { surface, help: text, short, value }] of optionsOf(name)) {
      const isLibraryOnly = surface === 'library';
      const argument = `${option}${value.spelling === 'words' ? '...' : ''}`;
      const flag = surface === 'argument' ? `<${argument}>` : flagOf(option);
      expect(new RegExp(`\`(-\\w, )?${flag}[ \`]`).test(table), flag).toBe(!isLibraryOnly);
      if (isLibraryOnly) continue;
      expect(help).toContain(surface === 'argument' ? `[${argument}]` : flag);
      expect(help).toContain(forCommand(text, name));
      if (short !== undefined) expect(help).toContain(`-${short}, ${flag}`);
    }
  });
});

describe('the table of options', () => {
  it.each(NAMES)('has in %s nothing that contradicts it', (name) => {
    const option = optionNamed(name);
    const { commands, conflicts = [], surface } = option;
    for (const command of commands) {
      expect(forCommand(option.help, command), command).toMatch(/[\w)>]$/);
      expect(forCommand(option.group, command), command).toBeDefined();
      const fallback = forCommand(option.default, command);
      if (fallback !== undefined && 'value' in fallback) {
        expect(option.value.schema.parse(fallback.value)).toEqual(fallback.value);
      }
      const needs = forCommand<readonly string[]>(option.needs, command) ?? [];
      for (const other of [...needs, ...conflicts]) {
        expect(isOptionName(other) && commands.some((one) => optionNamed(other).commands.includes(one))).toBe(
          true,
        );
      }
    }
    if (surface === undefined || surface === 'argument') {
      for (const command of commands) expect(settingNames(command)).toContain(name);
    }
  });

  it('gives no letter to two options', () => {
    for (const command of COMMANDS) {
      const letters = optionsOf(command).flatMap(([, { short }]) => short ?? []);
      expect(new Set(letters).size).toBe(letters.length);
    }
  });
});
