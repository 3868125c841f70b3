import { describe, expect, it } from 'vitest';
import { readDatasetInfo } from '../../src/layout/dataset-info.js';
import { parseColumnMap } from '../../src/layout/parse-column-map.js';

describe('parseColumnMap', () => {
  it('reads parts and columns, and keys of messages', () => {
    expect(parseColumnMap('instruction=question, output=Answer Text')).toEqual({
      columns: { instruction: 'question', output: 'Answer Text' },
      tags: {},
    });
    expect(parseColumnMap('prompt=p,completion=c')).toMatchObject({
      columns: { instruction: 'p', output: 'c' },
    });
    expect(parseColumnMap('messages=turns,role=who,content=what')).toEqual({
      columns: { messages: 'turns' },
      tags: { role: 'who', content: 'what' },
    });
  });

  it.each([
    ['', /PART=COLUMN/],
    ['instruction', /'instruction' is not/],
    ['instruction=', /'instruction=' is not/],
    ['instruction=a=b', /not of the form/],
    ['user=a', /'user' is no part; parts are instruction,/],
    ['output=a,answer=b', /'answer' is mapped twice/],
    ['role=a,role=b', /'role' is mapped twice/],
  ])('refuses %j', (text, problem) => {
    expect(parseColumnMap(text)).toEqual({ problem: expect.stringMatching(problem) });
  });
});

describe('readDatasetInfo', () => {
  const read = (entry: unknown) => readDatasetInfo({ mine: entry }, 'mine');

  it('reads an Alpaca entry; one that lists columns lists all', () => {
    expect(read({ file_name: 'a.json' })).toEqual({
      fileName: 'a.json',
      choice: { name: 'alpaca', tags: {} },
    });
    expect(read({ columns: { prompt: 'q', query: null, response: 'r', kto_tag: 'k' } })).toEqual({
      choice: { name: 'alpaca', columns: { instruction: 'q', output: 'r' }, isComplete: true, tags: {} },
    });
  });

  it('reads the tags of a ShareGPT entry, and what they are without one', () => {
    const columns = { messages: 'conversations', system: 'system', tools: 'tools' };
    expect(read({ formatting: 'sharegpt', columns })).toMatchObject({
      choice: {
        name: 'sharegpt',
        columns,
        tags: {
          role: 'from',
          content: 'value',
          roles: {
            human: 'user',
            gpt: 'assistant',
            observation: 'tool',
            function_call: 'call',
            system: 'system',
          },
        },
      },
    });
    const tags = { role_tag: 'role', content_tag: 'content', user_tag: 'Customer', assistant_tag: 'agent' };
    expect(read({ formatting: 'openai', tags })).toMatchObject({
      choice: {
        name: 'messages',
        tags: { role: 'role', content: 'content', roles: { customer: 'user', agent: 'assistant' } },
      },
    });
  });

  it('reads an entry of preferences', () => {
    const columns = { prompt: 'p', chosen: 'c', rejected: 'r' };
    expect(read({ ranking: true, columns })).toMatchObject({
      choice: { name: 'preference', columns: { instruction: 'p', chosen: 'c', rejected: 'r' } },
    });
  });

  it.each([
    [[], 'mine', /no object/],
    [{ other: {} }, 'mine', /no entry 'mine'; there are other/],
    [{ mine: { formatting: 'chatml' } }, 'mine', /'mine' cannot be used: formatting/],
    [{ mine: { columns: { prompt: 7 } } }, 'mine', /columns prompt/],
  ])('refuses %j', (info, name, problem) => {
    expect(readDatasetInfo(info, name)).toEqual({ problem: expect.stringMatching(problem) });
  });
});
