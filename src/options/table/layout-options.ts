import { LAYOUT_NAMES, TURN_CHOICES } from '../choices.js';
import type { Option } from '../option.js';
import { oneOf, text } from '../value.js';

const COMMANDS = ['run', 'reflect', 'score', 'inspect', 'estimate'] as const;

/** How a dataset's rows are read; all of it is found out where nothing is said. */
export const LAYOUT_OPTIONS = {
  layout: {
    value: oneOf(LAYOUT_NAMES),
    group: 'Layout of the rows',
    help: 'how rows spell what is said',
    commands: COMMANDS,
    default: { text: 'what the first rows look like' },
  },
  map: {
    value: text('part=column,...'),
    group: 'Layout of the rows',
    help: 'which columns play which part, as in instruction=question,output=answer',
    commands: COMMANDS,
    default: { text: 'columns by the names that are usual' },
  },
  datasetInfo: {
    value: text('file'),
    group: 'Layout of the rows',
    help: 'a dataset_info.json of LLaMA-Factory that says how rows are read',
    commands: COMMANDS,
    conflicts: ['layout', 'map'],
    needs: ['datasetName'],
  },
  datasetName: {
    value: text('name'),
    group: 'Layout of the rows',
    help: 'the entry in that file',
    commands: COMMANDS,
    needs: ['datasetInfo'],
  },
  turns: {
    value: oneOf(TURN_CHOICES, 'which'),
    group: 'Layout of the rows',
    help: 'which answers of a conversation the teacher reflects on: the last, or all',
    commands: ['run', 'reflect', 'estimate'],
    default: { value: 'last' },
  },
} as const satisfies Record<string, Option>;
