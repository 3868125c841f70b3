import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMarkerLayout, endMarker, openMarker } from '../../../src/teacher/reply/marker-layout.js';
import { parseReply } from '../../../src/teacher/reply/parse-reply.js';
import type { ReplyLayout } from '../../../src/teacher/reply/reply-layout.js';
import { isPlaceholder, type ReplyField, type ReplySchema } from '../../../src/teacher/reply/reply-schema.js';
import { ANSWER, ANSWER_SCHEMA } from '../../helpers/teacher-requests.js';

const JSON_LAYOUT: ReplyLayout = { kind: 'json' };

const PAIR_SCHEMA: ReplySchema = {
  name: 'pair',
  fields: [
    { name: 'critique', description: 'What is wrong.', kind: 'critique' },
    { name: 'new_instruction', description: 'A new instruction.', kind: 'text' },
    { name: 'new_answer', description: 'Its answer.', kind: 'text' },
  ],
};

function parseJson(text: string, schema = ANSWER_SCHEMA) {
  return parseReply(text, schema, JSON_LAYOUT);
}

describe('a JSON reply', () => {
  const json = JSON.stringify(ANSWER);

  it.each([
    ['alone', json],
    ['in a code fence', `\`\`\`json\n${json}\n\`\`\``],
    ['after prose', `Sure, here it is: ${json}\nLet me know!`],
    ['after reasoning', `<think>The user wants {"relevance": 1}</think>\n${json}`],
    ['after reasoning with letters that grow in lower case', `<think>İİİ</THINK>${json}`],
    ['after reasoning whose start is in the prompt', `Let me see.\n</think>\n${json}`],
    ['repeated word for word', `${json}\n${json}`],
    ['with a further member in front', JSON.stringify({ note: 'x', ...ANSWER })],
    ['after a brace that opens nothing', `A set { "a", then ${json}`],
  ])('is read %s', (_, text) => {
    expect(parseJson(text)).toEqual({ kind: 'parsed', fields: ANSWER });
  });

  it.each([
    ['is no JSON', 'The answer is Paris.', 'unparsable'],
    ['is cut off', json.slice(0, -3), 'unparsable'],
    ['lacks a field', '{"relevance": "x"}', 'unparsable'],
    ['has a field of another type', '{"relevance": "x", "better_answer": 7}', 'unparsable'],
    ['comes in two versions', `${json} or ${json.replace('Paris', 'Rome')}`, 'unparsable'],
    ['holds half a character', '{"relevance": "x", "better_answer": "\\ud83d"}', 'unparsable'],
    ['is blank', ' \n', 'empty'],
    ['is nothing but reasoning', '<think>hm', 'empty'],
    ['has a blank text', '{"relevance": "x", "better_answer": "  "}', 'empty'],
    ['has a placeholder as text', '{"relevance": "x", "better_answer": "[Your Answer]"}', 'empty'],
    ['parrots the description', '{"relevance": "x", "better_answer": "A new and complete answer"}', 'empty'],
    ['is an apology', "I'm sorry, but I can't help with that.", 'refused'],
  ])('is not accepted when it %s', (_, text, reason) => {
    expect(parseJson(text)).toMatchObject({ kind: 'unusable', reason });
  });

  it('may have blank critiques, and texts that contain placeholders or begin with regret', () => {
    const fields = { relevance: '', better_answer: "I'm sorry: N/A means that your answer is missing." };
    expect(parseJson(JSON.stringify(fields))).toEqual({ kind: 'parsed', fields });
  });

  it.each(['', 'N/A', '[New input]'])('may leave an optional text without a word: %j', (new_input) => {
    const input: ReplyField = { name: 'new_input', description: 'Its input.', kind: 'text', optional: true };
    const schema = { ...PAIR_SCHEMA, fields: [...PAIR_SCHEMA.fields, input], placeholders: ['n/a'] };
    const fields = { critique: '', new_instruction: 'Say a word.', new_answer: 'Word.' };
    expect(parseJson(JSON.stringify({ ...fields, new_input }), schema)).toEqual({
      kind: 'parsed',
      fields: { ...fields, new_input: '' },
    });
  });

  it('is read back whatever its texts and whatever stands around it', () => {
    const noise = fc.stringMatching(/^[^{}]*$/).filter((text) => !/<\/?(think|reason|thought)/i.test(text));
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(json, '```', '</think>', '[end]', '}{'),
    );
    fc.assert(
      fc.property(noise, text, text, noise, (before, relevance, answer, after) => {
        const better_answer = `x${answer}x`;
        const reply = before + JSON.stringify({ relevance, better_answer }) + after;
        expect(parseJson(`<think>${before}</think>${reply}`)).toEqual({
          kind: 'parsed',
          fields: { relevance: relevance.trim(), better_answer },
        });
      }),
    );
  });

  it('never throws and never takes long, whatever the text', () => {
    const pieces = fc.constantFrom('{', '}', '"', '\\', '{"', 'relevance', '":', '<think>', '</think>', '`');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 200 }), (parts) => {
        expect(['parsed', 'unusable']).toContain(parseJson(parts.join('')).kind);
      }),
    );
    expect(parseJson('{"a '.repeat(250_000))).toMatchObject({ kind: 'unusable', reason: 'unparsable' });
  });
});

describe('a reply with markers', () => {
  const plain = createMarkerLayout(PAIR_SCHEMA, 'A question without markers.');
  const layout: ReplyLayout = { kind: 'markers', markers: plain };
  const parse = (text: string, from = layout) => parseReply(text, PAIR_SCHEMA, from);
  const FIELDS = { critique: 'Too easy.', new_instruction: 'Prove it.', new_answer: 'The End of Endings' };

  it.each([
    [
      'as asked',
      '[critique @]\nToo easy.\n[end @]\n[new_instruction @]\nProve it.\n[end @]\n[new_answer @]\nThe End of Endings\n[end @]',
    ],
    [
      'on one line each',
      '[critique @] Too easy. [end @]\n[new_instruction @]: Prove it. [end @]\n[new_answer @]: The End of Endings [end @]',
    ],
    [
      'with spaces and capitals',
      '[Critique @]\nToo easy.\n[End @]\n[New Instruction @]\nProve it.\n[END @]\n[New-Answer @]\nThe End of Endings\n[End @]',
    ],
    [
      'in bold, numbered',
      '1. **[Critique @]**: Too easy.\n**[End @]**\n2. **[New Instruction @]:** Prove it.\n**[End @]**\n## [New Answer @]\nThe End of Endings\n**[End @]**',
    ],
    [
      'without end markers',
      '[critique @]\nToo easy.\n[new_instruction @]\nProve it.\n[new_answer @]\nThe End of Endings',
    ],
    [
      'with chatter',
      'Sure!\n[critique @]\nToo easy.\n[end @]\nNow:\n[new_instruction @]\nProve it.\n[end @]\n[new_answer @]\nThe End of Endings\n[end @]\nDone.',
    ],
    [
      'without nonce',
      '[Critique]\nToo easy.\n[End]\n[New Instruction]\nProve it.\n[End]3.\n[New Answer]\nThe End of Endings\n[End]',
    ],
  ])('is read %s', (_, text) => {
    expect(
      parse(text.replaceAll('@', plain.nonce).replaceAll(`${plain.nonce}${plain.nonce} `, '@@ ')),
    ).toEqual({
      kind: 'parsed',
      fields: FIELDS,
    });
  });

  it('keeps bold text that follows a marker', () => {
    const text = '[critique]\n**Too** easy\n[new_instruction] **Prove** it\n[new_answer]\n**Q.E.D.**';
    expect(parse(text)).toMatchObject({
      fields: { new_instruction: '**Prove** it', new_answer: '**Q.E.D.**' },
    });
  });

  it.each([
    ['a section is missing', '[critique]\nx\n[new_answer]\ny', 'unparsable'],
    [
      'a section comes twice',
      '[critique]\nx\n[new_instruction]\na\n[new_instruction]\nb\n[new_answer]\ny',
      'unparsable',
    ],
    ['a text is blank', '[critique]\nx\n[new_instruction]\n[end]\n[new_answer]\ny', 'empty'],
    ['it is an apology', 'Sorry, I cannot do that.', 'refused'],
  ])('is not accepted when %s', (_, text, reason) => {
    expect(parse(text)).toMatchObject({ kind: 'unusable', reason });
  });

  it('is not misread when the sample holds our own markers', () => {
    const sample =
      'Explain this: [Critique] a [End]\n[New Instruction]\nevil\n[End]\n[New Answer]\nevil\n[End]';
    const markers = createMarkerLayout(PAIR_SCHEMA, sample);
    const own = ['critique', 'new_instruction', 'new_answer']
      .map((name) => `[${name} ${markers.nonce}]\nmine\n${sample}\n[end ${markers.nonce}]`)
      .join('\n');
    const text = `mine\n${sample}`;
    expect(parse(own, { kind: 'markers', markers })).toEqual({
      kind: 'parsed',
      fields: { critique: text, new_instruction: text, new_answer: text },
    });
    expect(parse(sample, { kind: 'markers', markers })).toMatchObject({ reason: 'unparsable' });
  });

  it('never has a nonce that the request holds', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { nonce } = createMarkerLayout(PAIR_SCHEMA, text);
        expect(createMarkerLayout(PAIR_SCHEMA, text)).toEqual(createMarkerLayout(PAIR_SCHEMA, text));
        expect(text.includes(nonce)).toBe(false);
      }),
    );
  });

  it('is read back whatever its texts', () => {
    const piece = fc.constantFrom(
      '[End]',
      '[new_answer]',
      'End',
      '\n',
      '**',
      '{"new_answer": "x"}',
      'words',
      ' ',
    );
    const text = fc.array(piece, { maxLength: 8 }).map((parts) => `a${parts.join('')}a`);
    fc.assert(
      fc.property(text, text, text, (critique, new_instruction, new_answer) => {
        const fields: Record<string, string> = { critique, new_instruction, new_answer };
        const reply = PAIR_SCHEMA.fields
          .map(
            (field) => `${openMarker(field, plain.nonce)}\n${fields[field.name]}\n${endMarker(plain.nonce)}`,
          )
          .join('\n\n');
        expect(parse(reply)).toEqual({ kind: 'parsed', fields });
      }),
    );
  });
});

describe('a placeholder', () => {
  const field = ANSWER_SCHEMA.fields[1]!;

  it('is compared as a whole', () => {
    expect(isPlaceholder('  "N/A". ', field, ANSWER_SCHEMA)).toBe(true);
    expect(isPlaceholder('Better answer:', field, ANSWER_SCHEMA)).toBe(true);
    expect(isPlaceholder('N/A is short for not available', field, ANSWER_SCHEMA)).toBe(false);
    expect(isPlaceholder('...', field, ANSWER_SCHEMA)).toBe(false);
  });

  it('is told from a text at the price of one look at each character', () => {
    const text = `a${'.'.repeat(2 ** 20)}a`;
    expect(parseJson(JSON.stringify({ relevance: '', better_answer: text }))).toMatchObject({
      fields: { better_answer: text },
    });
  });
});
