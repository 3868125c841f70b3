import { createHash } from 'node:crypto';
import type { TeacherRequest } from '../teacher.js';

/** Identifies everything that decides a reply, i.e. all of the request but its key: 32 hexadecimal digits. */
export function requestHash(request: TeacherRequest): string {
  const { system, user, schema, maxTokens, temperature, topP, seed } = request;
  const fields = schema.fields.map(({ name, description, kind }) => [name, description, kind]);
  const parts = [
    [system, user],
    [schema.name, fields, schema.placeholders ?? []],
    [maxTokens, temperature, topP ?? null, seed ?? null],
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
