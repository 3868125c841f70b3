import { describe, expect, it } from 'vitest';
import type { CommandName } from '../../src/options/option.js';
import { readOptions } from '../../src/options/read-options.js';

const PLACE = { dataset: 'rows.jsonl', output: 'out' };
const SERVER = { teacher: 'openai:x' };
const LOCAL = { teacher: 'gguf:x.gguf' };
const STUDENT = { student: 'x.gguf' };

/** The options at fault of what is refused. */
function refusalOf(
  command: CommandName,
  given: object,
): { readonly option?: string; readonly message: string } {
  try {
    readOptions(command, given);
  } catch (error) {
    return error as Error;
  }
  throw new Error('it was not refused');
}

describe('readOptions', () => {
  it('puts defaults in place', () => {
    expect(readOptions('score', { dataset: 'x', student: 'y', limit: undefined })).toEqual({
      ...{ dataset: 'x', student: 'y', strict: false, metrics: ['ifd', 'rifd'], perToken: false },
      ...{
        endOfTurn: false,
        targets: 'all',
        resume: false,
        force: false,
        acceptChanges: false,
        template: 'alpaca',
        definition: 'exact',
      },
      ...{ maxLength: 2048, device: 'auto', precision: 'fast', deterministic: false, checkFile: true },
      ...{ targets: 'all', endOfTurn: false },
    });
  });

  it.each([
    ['score', { dataset: 'x', student: 'y', maxLenght: 9 }, 'maxLenght', 'did you mean maxLength?'],
    ['score', { dataset: 'x', student: 'y', 'per-token': true }, 'per-token', 'did you mean perToken?'],
    ['score', { dataset: 'x', student: 'y', rpm: 9 }, 'rpm', 'one of run, reflect'],
    ['score', { dataset: 'x', student: 'y', config: 'z' }, 'config', 'one of the command line'],
    ['score', { dataset: 'x', student: 'y', qwertz: 9 }, 'qwertz', 'is no option.'],
    ['score', { dataset: 'x', student: 'y', limit: 0 }, 'limit', 'at least 1'],
    ['score', { student: 'y' }, 'dataset', 'missing'],
    ['score', { dataset: 'x', student: 'y', resume: true, force: true }, 'resume', '`force`'],
    ['score', { dataset: 'x', student: 'y', acceptChanges: true }, 'acceptChanges', '`resume`'],
    ['score', { dataset: 'x', student: 'y', device: 'cpu', devices: ['cpu'] }, 'devices', '`device`'],
    ['score', { dataset: 'x', student: 'y', device: 'cpu', gpuLayers: 1 }, 'gpuLayers', '`device` cpu'],
    [
      'score',
      { dataset: 'x', student: 'y', devices: ['cpu:0'], gpuLayers: 1 },
      'gpuLayers',
      '`devices` cpu:0',
    ],
    [
      'reflect',
      { ...PLACE, ...LOCAL, maxCost: 1, promptPrice: 1, replyPrice: 1 },
      'maxCost',
      '`teacher` gguf:x.gguf',
    ],
    ['reflect', { ...PLACE, ...LOCAL, baseUrl: 'http://x' }, 'baseUrl', '`teacher`'],
    ['reflect', { ...PLACE, ...LOCAL, teacherBatch: true }, 'teacherBatch', '`teacher`'],
    ['reflect', { ...PLACE, ...SERVER, threads: 1 }, 'threads', '`teacher` openai:x'],
    ['reflect', { ...PLACE, ...SERVER, teacherContext: 9 }, 'teacherContext', '`teacher`'],
    ['reflect', { ...PLACE, ...SERVER, batchSize: 9 }, 'batchSize', 'without `teacherBatch`'],
    ['reflect', { ...PLACE, ...SERVER, teacherBatch: true, rpm: 9 }, 'rpm', 'with `teacherBatch`'],
    ['reflect', { ...PLACE, teacher: 'replay:x', requestTimeout: 9 }, 'requestTimeout', '`teacher` replay:x'],
    ['reflect', { ...PLACE, teacher: 'gpt-4o' }, 'teacher', 'openai:<model>'],
    ['reflect', { ...PLACE, ...SERVER, maxCost: 1 }, 'maxCost', 'without `promptPrice`'],
    ['reflect', { ...PLACE, ...SERVER, promptPrice: 1 }, 'promptPrice', 'without `replyPrice`'],
    ['run', { ...PLACE, ...SERVER, mode: 'v1', template: 'none' }, 'template', '`mode` v1'],
    ['run', { ...PLACE, ...SERVER, mode: 'v1', keep: 'all' }, 'keep', '`mode` v1'],
    ['run', { ...PLACE, ...SERVER, mode: 'v1', threads: 1 }, 'threads', '`teacher` openai:x'],
    [
      'run',
      { ...PLACE, ...LOCAL, mode: 'v1', device: 'cpu', teacherDevice: 'cpu' },
      'device',
      '`teacherDevice`',
    ],
    ['run', { ...PLACE, ...STUDENT, mode: 'score-only', rpm: 1 }, 'rpm', '`mode` score-only'],
    [
      'run',
      { ...PLACE, ...STUDENT, mode: 'score-only', retryFailed: true },
      'retryFailed',
      '`mode` score-only',
    ],
    ['select', { output: 'x', importScores: ['a'], keep: 'all' }, 'keep', '`importScores`'],
    ['select', { output: 'x', importScores: ['a'], joinBy: 'id' }, 'joinBy', '`importScores`'],
    ['select', { output: 'x', referenceFiles: ['a'], top: 5 }, 'referenceFiles', '`top`'],
    [
      'select',
      { output: 'x', importScores: ['a'], bugCompatible: true },
      'bugCompatible',
      '`referenceFiles`',
    ],
    ['select', { output: '-', importScores: ['a'], force: true }, 'force', 'standard output'],
    ['score', { dataset: '-', student: 'y', resume: true }, 'resume', 'standard output'],
    ['score', { dataset: 'x', student: 'y', output: '-', force: true }, 'force', 'standard output'],
  ] as const)('refuses for %s %j, naming %s', (command, given, option, message) => {
    const refusal = refusalOf(command, given);
    expect(refusal).toMatchObject({ code: 'invalid_option', option });
    expect(refusal.message).toContain(message);
  });

  it.each([
    ['run', { ...PLACE, ...LOCAL, mode: 'v1', threads: 1, device: 'cpu' }],
    ['run', { ...PLACE, ...SERVER, ...STUDENT, threads: 1, device: 'cpu', eager: false }],
    ['run', { ...PLACE, ...SERVER, mode: 'v1', eager: false, deterministic: false }],
    ['run', { ...PLACE, ...STUDENT, mode: 'score-only', eager: true, acceptChanges: true, limit: 1 }],
    ['reflect', { ...PLACE, ...LOCAL, threads: 1, concurrency: 1, maxFieldCharacters: 40 }],
    ['reflect', { ...PLACE, ...SERVER, teacherBatch: true, batchSize: 9, maxTeacherTokens: 5 }],
    ['reflect', { ...PLACE, teacher: 'replay:x', temperature: 0.5, concurrency: 2, journal: 'y' }],
    ['select', { output: 'x', importScores: ['a'], top: 5, maxIfd: Number.POSITIVE_INFINITY }],
    ['select', { output: 'x', importScores: ['a', 'b', 'c', 'd'], keep: 'all', joinBy: 'id' }],
  ] as const)('takes for %s %j', (command, given) => {
    expect(readOptions(command, given)).toMatchObject(given);
  });
});
