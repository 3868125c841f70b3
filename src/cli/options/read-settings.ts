import type { Command, Option } from 'commander';
import { ReflectionError } from '../../errors.js';
import { defined } from '../../util/defined.js';
import { loadConfig } from './load-config.js';
import { COMMAND_SETTINGS, CONFIG, type CommandName, type SettingsOf } from './settings.js';

type Values = Readonly<Record<string, unknown>>;

/** Adds the flag that names a config file. */
export function addConfigOption(command: Command): Command {
  return command.option('--config <file>', 'settings (default: reflection-tuning.config.{ts,js,json,...})');
}

/** A command's settings, those that the command has a default for never missing. */
export type Settings<Name extends CommandName, WithDefault extends keyof SettingsOf<Name> = never> = {
  readonly [Setting in keyof SettingsOf<Name>]?: Exclude<SettingsOf<Name>[Setting], undefined>;
} & { readonly [Setting in WithDefault]-?: Exclude<SettingsOf<Name>[Setting], undefined> };

/**
 * All that a command was told: its flags and argument, then its own section of the config file, then what that file
 * says to all commands, then defaults. What comes first also overrules what it cannot go with.
 * @throws {ReflectionError} `invalid_option` as {@link loadConfig} does, and for settings that cannot go together.
 */
export async function readSettings<
  Name extends CommandName,
  WithDefault extends keyof SettingsOf<Name> = never,
>(name: Name, command: Command, given: Values = {}): Promise<Settings<Name, WithDefault>> {
  const { config: file, ...flags } = valuesFrom(command, 'cli');
  const config = await loadConfig(file as string | undefined, CONFIG);
  const conflicts = conflictsOf(command);
  let settings: Values = { ...flags, ...defined(given) };
  for (const layer of [config[name] ?? {}, commonSettings(name, config)]) {
    settings = { ...compatible(defined(layer), settings, conflicts), ...settings };
  }
  return { ...valuesFrom(command, 'default'), ...settings } as Settings<Name, WithDefault>;
}

function valuesFrom(command: Command, source: 'cli' | 'default'): Values {
  const entries = Object.entries(command.opts<Values>());
  return Object.fromEntries(entries.filter(([name]) => command.getOptionValueSource(name) === source));
}

/** Those settings of all commands that this one knows. An `output` among them is a run directory. */
function commonSettings(name: CommandName, config: Values): Values {
  const known = Object.keys(COMMAND_SETTINGS[name].shape).filter(
    (setting) => setting !== 'output' || name === 'run' || name === 'reflect',
  );
  return Object.fromEntries(Object.entries(config).filter(([setting]) => known.includes(setting)));
}

type Conflict = readonly [setting: string, other: string];

/** commander checks flags, but does not tell which they are. */
function conflictsOf({ options }: Command): Conflict[] {
  type Conflicting = Option & { readonly conflictsWith: readonly string[] };
  return (options as readonly Conflicting[]).flatMap((option) =>
    option.conflictsWith.map((other): Conflict => [option.attributeName(), other]),
  );
}

/** The settings of a layer that can go with those of the layers before it. */
function compatible(layer: Values, settings: Values, conflicts: readonly Conflict[]): Values {
  const overruled = new Set<string>();
  for (const [a, b] of conflicts) {
    if (a in settings) overruled.add(b);
    if (b in settings) overruled.add(a);
  }
  const left = Object.fromEntries(Object.entries(layer).filter(([setting]) => !overruled.has(setting)));
  const clash = conflicts.find(([a, b]) => a in left && b in left);
  if (clash === undefined) return left;
  throw new ReflectionError('invalid_option', `The config file sets both ${clash[0]} and ${clash[1]}.`, {
    remedy: 'Set one of them, or each in the section of the command it is meant for.',
  });
}
