import { describe, expect, it } from 'vitest';
import { textTurn } from '../../src/domain/conversation.js';
import type { Scorer, SpanRequest } from '../../src/engine/scorer.js';
import { studentTemplate } from '../../src/prompt/chat/student-template.js';
import { scoreStream } from '../../src/scoring/score-stream.js';
import { collect } from '../helpers/collect.js';
import { tinyChatModel, tinyModel } from '../models/tiny-models.js';
import { openStudent } from './fixtures/open-student.js';

const QWEN = { '': 'chatml', tool_use: 'hermes' };

const CHAT = {
  turns: [
    textTurn('system', 'Be brief. <|im_end|>'),
    ...Array.from({ length: 4 }, (_, i) => [
      textTurn('user', `question ${i}?`),
      textTurn('assistant', `answer ${i}.`),
    ]),
  ].flat(),
  tools: [],
};

/** Passes on what it is asked for, and remembers it. */
class Recording implements Scorer {
  readonly requests: SpanRequest[] = [];
  readonly #scorer: Scorer;
  constructor(scorer: Scorer) {
    this.#scorer = scorer;
  }
  get startToken() {
    return this.#scorer.startToken;
  }
  get maxLength() {
    return this.#scorer.maxLength;
  }
  get batchTokens() {
    return this.#scorer.batchTokens;
  }
  get parallelism() {
    return this.#scorer.parallelism;
  }
  tokenize(...parameters: Parameters<Scorer['tokenize']>) {
    return this.#scorer.tokenize(...parameters);
  }
  score(...parameters: Parameters<Scorer['score']>) {
    this.requests.push(...parameters[0]);
    return this.#scorer.score(...parameters);
  }
}

describe('a student with chat templates', () => {
  it('says what they are, and how its special tokens are spelled', async () => {
    await using student = await openStudent({ model: await tinyChatModel('qwen2', QWEN) });
    expect(student.model).toMatchObject({
      chatTemplates: {
        default: expect.stringContaining('ChatML'),
        tool_use: expect.stringContaining('Hermes'),
      },
      bosText: '<|endoftext|>',
      eosText: '<|im_end|>',
    });
    await using base = await openStudent({ model: await tinyModel('gpt2') });
    expect(base.model).toMatchObject({ chatTemplates: {}, bosText: '' });
  });

  it('reads control tokens in what the template writes, and text in what a row says', async () => {
    await using student = await openStudent({ model: await tinyChatModel('qwen2', QWEN) });
    const scorer = new Recording(student);
    await collect(
      scoreStream(scorer, [{ item: 0, sample: CHAT }], { template: studentTemplate(student.model) }),
    );
    const [end] = await student.tokenize(['<|im_end|>'], { parseSpecial: true });
    expect(end).toHaveLength(1);
    const longest = longestOf(scorer.requests);
    // after the system prompt, four questions and three answers
    expect(longest.tokens.filter((id) => id === end![0])).toHaveLength(8);
  });

  it('starts with a BOS once, though the template writes it as well', async () => {
    await using student = await openStudent({ model: await tinyChatModel('spm-llama', { '': 'llama2' }) });
    const scorer = new Recording(student);
    await collect(
      scoreStream(scorer, [{ item: 0, sample: CHAT }], { template: studentTemplate(student.model) }),
    );
    const [first, second] = longestOf(scorer.requests).tokens;
    expect(first).toBe(student.model.bos);
    expect(second).not.toBe(student.model.bos);
  });

  it('decodes each token of a conversation once for all its answers', async () => {
    await using student = await openStudent({
      model: await tinyChatModel('qwen2', QWEN),
      // what is left in the cache by one call is of no use to the next
      independentCalls: true,
    });
    const scorer = new Recording(student);
    await collect(
      scoreStream(scorer, [{ item: 0, sample: CHAT }], { template: studentTemplate(student.model) }),
    );
    const longest = longestOf(scorer.requests);
    const answers = scorer.requests.filter(
      ({ tokens }) => isPrefix(tokens, longest.tokens) && tokens.length > 12,
    );
    expect(answers).toHaveLength(4);
    const before = student.stats().decodedTokens;
    await student.score(answers);
    // nothing is read off the last one
    expect(student.stats().decodedTokens - before).toBe(longest.tokens.length - 1);
  });

  it('gives a conversation the same scores whatever is scored beside it', async () => {
    await using student = await openStudent({
      model: await tinyChatModel('qwen2', QWEN),
      deterministic: true,
    });
    const template = studentTemplate(student.model);
    const shorter = { ...CHAT, turns: CHAT.turns.slice(0, 5) };
    const score = async (...subjects: (typeof CHAT)[]) =>
      (
        await collect(
          scoreStream(
            student,
            subjects.map((sample, item) => ({ item, sample })),
            { template },
          ),
        )
      ).map((scored) => scored.score);
    const [alone] = await score(CHAT);
    expect((await score(shorter, CHAT, shorter))[1]).toEqual(alone);
  });
});

function longestOf(requests: readonly SpanRequest[]): SpanRequest {
  return requests.reduce((longest, request) =>
    request.tokens.length > longest.tokens.length ? request : longest,
  );
}

function isPrefix(tokens: Int32Array, of: Int32Array): boolean {
  return tokens.every((id, i) => of[i] === id);
}
