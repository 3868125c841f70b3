import { z } from 'zod';
import type { LayoutChoice } from './detect-layout.js';
import type { ColumnMapping, ColumnRole, MessageRole, MessageTags } from './layout.js';

/** What LLaMA-Factory calls the columns, and what part each plays here. */
const COLUMNS: ReadonlyMap<string, ColumnRole> = new Map([
  ['prompt', 'instruction'],
  ['query', 'input'],
  ['response', 'output'],
  ['history', 'history'],
  ['messages', 'messages'],
  ['system', 'system'],
  ['tools', 'tools'],
  ['chosen', 'chosen'],
  ['rejected', 'rejected'],
]);

/** The speakers that tags name, and their names where no tag does. */
const SPEAKERS: readonly (readonly [tag: string, role: MessageRole, name: string])[] = [
  ['user_tag', 'user', 'human'],
  ['assistant_tag', 'assistant', 'gpt'],
  ['observation_tag', 'tool', 'observation'],
  ['function_tag', 'call', 'function_call'],
  ['system_tag', 'system', 'system'],
];

const names = z.record(z.string(), z.string().nullish());

/** What concerns training alone, and where a hub keeps the dataset, is not looked at. */
const entrySchema = z.object({
  file_name: z.string().optional(),
  formatting: z.enum(['alpaca', 'sharegpt', 'openai']).default('alpaca'),
  ranking: z.boolean().default(false),
  columns: names.optional(),
  tags: names.default({}),
});

export interface DatasetInfo {
  /** As the entry names it, relative to the folder of the file; absent when the dataset is on a hub. */
  readonly fileName?: string;
  readonly choice: LayoutChoice;
}

/**
 * What the entry `name` of a LLaMA-Factory `dataset_info.json` says about the layout. An entry that lists columns lists
 * all of them.
 * @returns what is wrong, as a sentence, when there is no such entry or it cannot be used.
 */
export function readDatasetInfo(info: unknown, name: string): DatasetInfo | { readonly problem: string } {
  const file = z.record(z.string(), z.unknown()).safeParse(info);
  if (!file.success) return { problem: 'it is no object with an entry for each dataset.' };
  if (!Object.hasOwn(file.data, name)) {
    return {
      problem: `it has no entry '${name}'; there are ${Object.keys(file.data).join(', ') || 'none'}.`,
    };
  }
  const parsed = entrySchema.safeParse(file.data[name]);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    return { problem: `its entry '${name}' cannot be used: ${[...path, message].join(' ')}.` };
  }
  const { file_name: fileName, formatting, ranking, columns, tags } = parsed.data;
  const isAlpaca = formatting === 'alpaca';
  return {
    ...(fileName !== undefined && { fileName }),
    choice: {
      name: ranking ? 'preference' : isAlpaca ? 'alpaca' : formatting === 'openai' ? 'messages' : 'sharegpt',
      ...(columns !== undefined && { columns: columnsOf(columns), isComplete: true }),
      tags: isAlpaca ? {} : tagsOf(tags),
    },
  };
}

type Names = z.output<typeof names>;

function columnsOf(columns: Names): ColumnMapping {
  return Object.fromEntries(
    Object.entries(columns).flatMap(([name, column]) => {
      const role = COLUMNS.get(name);
      return role === undefined || !column ? [] : [[role, column]];
    }),
  );
}

function tagsOf(tags: Names): MessageTags {
  return {
    role: tags.role_tag ?? 'from',
    content: tags.content_tag ?? 'value',
    roles: Object.fromEntries(SPEAKERS.map(([tag, role, name]) => [(tags[tag] ?? name).toLowerCase(), role])),
  };
}
