import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { layoutChoice } from '../../src/pipeline/layout-choice.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'layout-choice-'));
});
afterEach(() => rm(directory, { recursive: true }));

describe('layoutChoice', () => {
  it('reads a layout and a map', async () => {
    expect(await layoutChoice({})).toEqual({ name: undefined });
    expect(await layoutChoice({ layout: 'messages', map: 'messages=turns,role=who' })).toEqual({
      name: 'messages',
      columns: { messages: 'turns' },
      tags: { role: 'who' },
    });
    await expect(layoutChoice({ map: 'turns' })).rejects.toMatchObject({
      code: 'invalid_option',
      option: 'map',
    });
  });

  it('reads an entry of a dataset_info.json', async () => {
    const datasetInfo = join(directory, 'dataset_info.json');
    await writeFile(datasetInfo, '{"mine": {"formatting": "sharegpt", "columns": {"messages": "talk"}}}');
    expect(await layoutChoice({ datasetInfo, datasetName: 'mine' })).toMatchObject({
      name: 'sharegpt',
      columns: { messages: 'talk' },
      isComplete: true,
    });
    const refused = { code: 'invalid_option', option: 'datasetInfo' };
    await expect(layoutChoice({ datasetInfo, datasetName: 'other' })).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining("no entry 'other'; there are mine"),
    });
    await writeFile(datasetInfo, 'no JSON');
    await expect(layoutChoice({ datasetInfo, datasetName: 'mine' })).rejects.toMatchObject(refused);
    await expect(layoutChoice({ datasetInfo: directory, datasetName: 'mine' })).rejects.toMatchObject(
      refused,
    );
  });
});
