import type { Role } from '../domain/conversation.js';
import type { LayoutName } from '../options/choices.js';

/** The parts that columns play. */
export const COLUMN_ROLES = [
  'instruction',
  'input',
  'output',
  'system',
  'history',
  'messages',
  'tools',
  'chosen',
  'rejected',
] as const;
export type ColumnRole = (typeof COLUMN_ROLES)[number];

/** The column that plays each part, spelled as in the rows. */
export type ColumnMapping = Readonly<Partial<Record<ColumnRole, string>>>;

/** What a message's role means to us: who speaks, or an assistant that calls tools. */
export type MessageRole = Role | 'call';

/** What messages call their members, where that is not what we know anyway. */
export interface MessageTags {
  /** The key under which a message names its speaker. */
  readonly role?: string;
  /** The key under which a message holds what is said. */
  readonly content?: string;
  /** Names of speakers, in lower case. */
  readonly roles?: Readonly<Record<string, MessageRole>>;
}

/** How the rows of a dataset are to be read. Plain data: it is printed, recorded and compared. */
export interface Layout {
  readonly name: LayoutName;
  readonly columns: ColumnMapping;
  /** No column plays a part but those in `columns`; otherwise a row may have more by the names that are usual. */
  readonly isComplete?: true;
  readonly tags: MessageTags;
}
