import { describe, expect, it } from 'vitest';
import { createBatchTeacher, createTeacher } from '../../src/teacher/create-teacher.js';

const SERVER = { baseUrl: 'http://localhost:1/v1' };

describe('createTeacher', () => {
  it.each([
    ['llama', {}, 'teacher'],
    ['openai:m', { ...SERVER, requestTimeOut: 5 }, 'requestTimeOut'],
    ['openai:m', { ...SERVER, rpm: 0 }, 'rpm'],
    ['openai:m', { ...SERVER, teacherContext: 512 }, 'teacherContext'],
    ['openai:m', { ...SERVER, maxCost: 1 }, 'maxCost'],
    ['openai:m', { ...SERVER, maxCost: 1, promptPrice: 1 }, 'maxCost'],
    ['openai:m', { ...SERVER, batchSize: 5 }, 'batchSize'],
    ['gguf:missing.gguf', SERVER, 'baseUrl'],
    ['replay:missing.jsonl', { rpm: 5 }, 'rpm'],
  ])('refuses %s with %j, naming %s', async (name, options, option) => {
    await expect(createTeacher(name, options)).rejects.toMatchObject({ code: 'invalid_option', option });
  });
});

describe('createBatchTeacher', () => {
  it.each([
    ['gguf:missing.gguf', {}, 'teacherBatch'],
    ['openai:m', { ...SERVER, rpm: 5 }, 'rpm'],
  ])('refuses %s with %j, naming %s', async (name, options, option) => {
    await expect(createBatchTeacher(name, { ...options, statePath: 'x' })).rejects.toMatchObject({
      code: 'invalid_option',
      option,
    });
  });
});
