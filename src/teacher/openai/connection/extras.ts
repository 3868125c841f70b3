import { validateHeaderName, validateHeaderValue } from 'node:http';
import { optionError } from '../../../options/option-error.js';
import { named } from '../../../options/option-name.js';
import type { OptionName } from '../../../options/option-table.js';
import { isJsonObject, type JsonObject } from '../../../util/json-value.js';
import { isSecretName } from './secrets.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** What a user has sent along with every request. */
export interface Extras {
  readonly headers: Readonly<Record<string, string>>;
  /** Members of every request's body; they come before what we would send ourselves. */
  readonly body: JsonObject;
  /** Values among these that nobody is to see. */
  readonly secrets: readonly string[];
}

export interface ExtrasOptions {
  /** Lines `name: value`. `{env:NAME}` in a value stands for an environment variable. */
  readonly header?: readonly string[] | undefined;
  /** `{env:NAME}` in its strings stands for an environment variable. */
  readonly extraBody?: JsonObject | undefined;
}

/** @throws {ReflectionError} `invalid_option` for what is no header, or names a variable that is not set. */
export function readExtras(
  { header = [], extraBody = {} }: ExtrasOptions,
  environment: Environment = process.env,
): Extras {
  const secrets: string[] = [];
  const headers = header.map((line) => readHeader(line, environment, secrets));
  const body = expandAll(extraBody, environment, secrets) as JsonObject;
  return { headers: Object.fromEntries(headers), body, secrets };
}

function readHeader(line: string, environment: Environment, secrets: string[]): readonly [string, string] {
  const colon = line.indexOf(':');
  const name = line.slice(0, Math.max(0, colon)).trim().toLowerCase();
  const value = expand(line.slice(colon + 1).trim(), 'header', environment, secrets);
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch (cause) {
    // The line itself is not repeated: it may hold a key.
    throw optionError('header', `A ${named('header')} is not of the form "name: value".`, {
      remedy: 'Write it like "X-Title: my project", and a key like "X-Api-Key: {env:MY_KEY}".',
      cause: new Error((cause as NodeJS.ErrnoException).code),
    });
  }
  if (isSecretName(name)) secrets.push(value);
  return [name, value];
}

function expandAll(value: unknown, environment: Environment, secrets: string[]): unknown {
  if (typeof value === 'string') return expand(value, 'extraBody', environment, secrets);
  if (Array.isArray(value)) return value.map((item) => expandAll(item, environment, secrets));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, expandAll(member, environment, secrets)]),
  );
}

function expand(text: string, option: OptionName, environment: Environment, secrets: string[]): string {
  return text.replace(/\{env:(\w+)\}/g, (_, name: string) => {
    const value = environment[name];
    if (value === undefined || value === '') {
      throw optionError(option, `${named(option)} names ${name}, which is not set.`, {
        remedy: `Set the environment variable ${name}.`,
      });
    }
    secrets.push(value);
    return value;
  });
}
