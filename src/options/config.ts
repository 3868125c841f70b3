import { z } from 'zod';
import { optionSchema, optionShape, settingNames } from './option-schema.js';
import type { SettingsOf } from './option-table.js';

/** The commands that a config file speaks to. */
export const CONFIGURABLE_COMMANDS = [
  'run',
  'reflect',
  'teacher-check',
  'score',
  'select',
  'estimate',
] as const;
export type ConfigurableCommand = (typeof CONFIGURABLE_COMMANDS)[number];

/**
 * What a config file's default export is: options that every command takes as far as they are its own, and an object
 * for each command with options that come first. An `output` of all commands is the run directory.
 */
export type Config = SettingsOf<'run'> &
  SettingsOf<'reflect'> &
  SettingsOf<'teacher-check'> &
  SettingsOf<'score'> &
  SettingsOf<'select'> &
  SettingsOf<'estimate'> & { readonly [Name in ConfigurableCommand]?: SettingsOf<Name> | undefined };

export const CONFIG: z.ZodType<Config> = z.strictObject({
  ...optionShape(CONFIGURABLE_COMMANDS.flatMap(settingNames)),
  ...Object.fromEntries(
    CONFIGURABLE_COMMANDS.map((name) => [name, optionSchema(settingNames(name)).optional()]),
  ),
});
