import type { Command } from 'commander';
import { type AnyOptions, isSet, misfits } from '../../options/applicability.js';
import type { Config, ConfigurableCommand } from '../../options/config.js';
import { optionError } from '../../options/option-error.js';
import { settingNames } from '../../options/option-schema.js';
import { conflictsOf, requireOptions } from '../../options/read-options.js';
import type { CommandOptions } from '../../options/required-options.js';
import { defined } from '../../util/defined.js';
import { givenOptions } from './add-options.js';
import { loadConfig } from './load-config.js';

export type Settings<Name extends ConfigurableCommand> = CommandOptions<Name>;

/**
 * All that a command was told: its flags and argument, then its own section of the config file, then what that file
 * says to all commands. What comes first also overrules what it cannot go with; of what is said to all commands, what
 * does not apply to this one is left out.
 * @throws {ReflectionError} `invalid_option` as {@link loadConfig} does, for settings of the file that cannot go
 *   together, and for a setting that is missing. All else about settings is the library's to check.
 */
export async function readSettings<Name extends ConfigurableCommand>(
  name: Name,
  command: Command,
  argument: AnyOptions = {},
): Promise<Settings<Name>> {
  const { config: file, ...flags } = givenOptions(command);
  const config = await loadConfig(file as string | undefined);
  const given: AnyOptions = { ...flags, ...defined(argument) };
  const explicit = { ...compatible(name, defined(config[name] ?? {}), given), ...given };
  const common = compatible(name, commonSettings(name, config), explicit);
  const settings = { ...applicable(name, common, explicit), ...explicit };
  requireOptions(name, settings);
  return settings as Settings<Name>;
}

/** Those settings of all commands that this one knows. An `output` among them is a run directory. */
function commonSettings(name: ConfigurableCommand, config: Config): AnyOptions {
  const known: readonly string[] = settingNames(name).filter(
    (setting) => setting !== 'output' || name === 'run' || name === 'reflect',
  );
  return Object.fromEntries(Object.entries(defined(config)).filter(([setting]) => known.includes(setting)));
}

/** The settings of a layer that can go with those of the layers before it. */
function compatible(name: ConfigurableCommand, layer: AnyOptions, before: AnyOptions): AnyOptions {
  const overruled = conflictsOf(name).flatMap(([a, b]) => [
    ...(isSet(before, a) ? [b] : []),
    ...(isSet(before, b) ? [a] : []),
  ]);
  const left = without(layer, overruled);
  const clash = conflictsOf(name).find((pair) => pair.every((option) => isSet(left, option)));
  if (clash === undefined) return left;
  throw optionError(clash[0], `The config file sets both ${clash[0]} and ${clash[1]}.`, {
    remedy: 'Set one of them, or each in the section of the command it is meant for.',
  });
}

/** Of what is said to all commands, what means something beside what this one was told. */
function applicable(name: ConfigurableCommand, common: AnyOptions, explicit: AnyOptions): AnyOptions {
  // one that is dropped may have been what another one is for
  const out = misfits(name, { ...common, ...explicit })
    .map(({ option }) => option)
    .filter((option) => option in common && !(option in explicit));
  return out.length === 0 ? common : applicable(name, without(common, out), explicit);
}

function without(options: AnyOptions, names: readonly string[]): AnyOptions {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !names.includes(name)));
}
