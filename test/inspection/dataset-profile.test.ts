import { describe, expect, it } from 'vitest';
import { textTurn } from '../../src/domain/conversation.js';
import { OTHER_SEQUENCES, ProfileBuilder } from '../../src/inspection/dataset-profile.js';
import { roleSequence } from '../../src/inspection/role-sequence.js';

const user = textTurn('user', 'abc');
const assistant = textTurn('assistant', 'de');
const call = { ...textTurn('assistant', ''), toolCalls: [{ name: 'f', arguments: {} }] };

describe('roleSequence', () => {
  it.each([
    [[user, assistant], 'user assistant'],
    [[textTurn('system', ''), user, assistant, user, assistant], 'system (user assistant) x2'],
    [[user, call, textTurn('tool', ''), assistant], 'user call tool assistant'],
    [[user, { ...assistant, isTarget: false }, user, assistant], 'user -assistant user assistant'],
    [[user, user, assistant], 'user user assistant'],
    [[user, call, textTurn('tool', ''), call, textTurn('tool', '')], 'user (call tool) x2'],
    [[], ''],
  ])('is %#', (turns, expected) => {
    expect(roleSequence(turns)).toBe(expected);
  });
});

describe('ProfileBuilder', () => {
  it('counts what there is', () => {
    const builder = new ProfileBuilder();
    builder.addConversation({ turns: [user, assistant], tools: [] });
    builder.addConversation({
      turns: [user, { ...assistant, isTarget: false }, user, assistant],
      tools: [{}],
    });
    builder.addConversation({ turns: [{ ...user, text: 'abcdefg' }, assistant], tools: [] });
    builder.addUnscorable('unknown_role', 'data.jsonl:4: critic');
    builder.addUnscorable('missing_field', 'data.jsonl:5: nothing');
    builder.addUnscorable('missing_field', 'data.jsonl:6: nothing');
    expect(builder.snapshot()).toEqual({
      rows: 6,
      unscorable: [
        { reason: 'missing_field', rows: 2, example: 'data.jsonl:5: nothing' },
        { reason: 'unknown_role', rows: 1, example: 'data.jsonl:4: critic' },
      ],
      sequences: [
        { roles: 'user assistant', rows: 2 },
        { roles: 'user -assistant user assistant', rows: 1 },
      ],
      characters: {
        user: { count: 4, total: 16, min: 3, median: 3, p95: 7, max: 7 },
        assistant: { count: 4, total: 8, min: 2, median: 2, p95: 2, max: 2 },
      },
      targets: 3,
      masked: 1,
      withTools: 1,
    });
  });

  it('keeps no more sequences than anybody reads', () => {
    const builder = new ProfileBuilder();
    for (let length = 1; length <= 600; length++) {
      builder.addConversation({ turns: Array.from({ length }, () => assistant), tools: [] });
    }
    const { sequences } = builder.snapshot();
    expect(sequences[0]).toEqual({ roles: OTHER_SEQUENCES, rows: 100 });
    expect(sequences).toHaveLength(501);
  });
});
