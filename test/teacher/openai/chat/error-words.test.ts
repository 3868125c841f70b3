import { describe, expect, it } from 'vitest';
import { faultOfResponse } from '../../../../src/teacher/openai/chat/chat-fault.js';
import { readErrorWords } from '../../../../src/teacher/openai/chat/error-words.js';

const fault = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  faultOfResponse(
    {
      status,
      headers: new Map(Object.entries(headers)),
      text: typeof body === 'string' ? body : JSON.stringify(body),
    },
    0,
    (text) => text,
  );

describe('the words of an error', () => {
  it.each<[unknown, string]>([
    [{ error: { message: 'No.' } }, 'No.'],
    [[{ error: { message: 'No.' } }], 'No.'],
    [{ message: 'No.', object: 'error' }, 'No.'],
    [{ error: 'No.' }, 'No.'],
    [{ errors: [{ message: 'No.' }, { message: 'Never.' }] }, 'No. Never.'],
    [{ detail: 'No.' }, 'No.'],
    [{ detail: [{ loc: ['body', 'seed'], msg: 'No.' }] }, 'body.seed: No.'],
    [{ error: { message: '{"error":{"message":"No."}}' } }, 'No.'],
    [{ error: { message: { error: 'No.' }, code: '400' } }, 'No.'],
    [{ error: { message: 'Behind: No.', metadata: { raw: 'No.' } } }, 'Behind: No.'],
    [{ error_msg: 'No.' }, 'No.'],
    [{ title: 'No.', status: 400 }, 'No.'],
    ['No.', 'No.'],
    ['<html><head><title> No \n way </title></head></html>', 'an HTML page, "No way"'],
    ['<!doctype html>', 'an HTML page, ""'],
    [{ unheard_of: 1 }, '{"unheard_of":1}'],
    ['', ''],
    ['{}', ''],
    ['null', ''],
  ])('%j', (body, message) => {
    expect(readErrorWords(typeof body === 'string' ? body : JSON.stringify(body)).message).toBe(message);
  });

  it('are bounded, however long and deep the body', () => {
    const quoted = Array.from({ length: 12 }).reduce<string>(
      (inner) => JSON.stringify({ error: { message: inner } }),
      'deep',
    );
    for (const text of [
      JSON.stringify({ error: { message: 'x'.repeat(1e6), code: 'y'.repeat(1e6) } }),
      JSON.stringify({
        errors: Array.from({ length: 1e5 }, (_, i) => ({ message: `m${i}`, code: `c${i}` })),
      }),
      '['.repeat(1e5),
      'insufficient_'.repeat(1e5),
      `<html><title>${'t'.repeat(1e6)}`,
      quoted,
    ]) {
      const { message, codes } = readErrorWords(text);
      expect(message.length + codes.length).toBeLessThanOrEqual(4000);
      expect(fault(400, text).detail.length).toBeLessThan(600);
    }
  });
});

describe('an answer that is no success', () => {
  it.each<[string, number, unknown, string]>([
    [
      'a wrong key with 400, as Gemini has it',
      400,
      [{ error: { message: 'API key not valid. Please pass a valid API key.' } }],
      'unauthorized',
    ],
    ['a forbidden model', 403, { error: { message: 'Not in your plan.' } }, 'unauthorized'],
    [
      'a prompt that was flagged, with 403',
      403,
      { error: { message: 'Input was flagged.', code: 403 } },
      'refused',
    ],
    ['an empty account with 402', 402, {}, 'quota'],
    ['an empty account with 429', 429, { error: { code: 'insufficient_quota', message: 'x' } }, 'quota'],
    ['an empty account with 400', 400, { error: { message: 'Your credit balance is too low' } }, 'quota'],
    ['haste', 429, {}, 'rate_limited'],
    ['loading', 503, { error: { message: 'Loading model', type: 'unavailable_error' } }, 'loading'],
    ['no healthy machine', 503, 'no healthy upstream', 'loading'],
    ['503 without a word', 503, '', 'server'],
    [
      'a long prompt',
      400,
      { error: { message: 'x', type: 'exceed_context_size_error' } },
      'context_too_long',
    ],
    ['a long prompt with 500', 500, { message: 'the prompt is too long' }, 'context_too_long'],
    ['no such model', 404, { error: { message: 'no such model' } }, 'not_found'],
    ['no such model with 400', 400, { error: { message: 'x', code: 'model_not_found' } }, 'not_found'],
    ['an odd parameter of a model', 400, { message: 'Invalid model parameter: seed' }, 'bad_request'],
    ['a full context', 500, { error: { message: 'Context size has been exceeded.' } }, 'crowded'],
    ['a full queue', 503, { message: 'The request queue is full.' }, 'crowded'],
    ['a conflict', 409, {}, 'server'],
    ['a slow client', 408, {}, 'server'],
    ['a crash', 500, '', 'server'],
    ['a strange status of Cloudflare’s', 524, '<html><title>timeout</title></html>', 'server'],
    ['an odd request', 418, {}, 'bad_request'],
  ])('says %s', (_, status, body, kind) => expect(fault(status, body).kind).toBe(kind));

  it.each<[unknown, Record<string, string>, number | null]>([
    [{}, { 'retry-after': '3' }, 3000],
    [{ error: { message: 'Please try again in 1m2.5s.' } }, {}, 62_500],
    [{ error: { message: 'Please retry after 20 seconds.' } }, {}, 20_000],
    [{ error: { details: [{ retryDelay: '31s' }] } }, {}, 31_000],
    [{}, { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '2s' }, 2000],
    [{ error: { message: 'Slow down.' } }, {}, null],
  ])('asks with %j %j for a wait of %s ms', (body, headers, ms) => {
    expect(fault(429, body, headers).retryAfterMs).toBe(ms);
  });
});
