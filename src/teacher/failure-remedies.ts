import { named } from '../options/option-name.js';
import type { ReplyFailure } from './teacher.js';

const REMEDIES: Readonly<Record<ReplyFailure, string>> = {
  truncated: `Raise ${named('maxReplyTokens')}, or ${named('reasoningTokens')} for a model that thinks.`,
  refused: 'Ask another model, or word the questions in another way.',
  unparsable: `Try another ${named('replyFormat')}, or another model.`,
  empty: `Try another ${named('replyFormat')}, or another model.`,
  timeout: `Raise ${named('requestTimeout')}, or ask fewer at a time (${named('concurrency')}).`,
  context_too_long: 'Such a row needs a model, or a server, with a longer context.',
  server_error: `Mend what the server says; a run asks for these again with ${named('retryFailed')}.`,
  replay_missing: 'Record the missing replies, from the teacher that the journal is of.',
};

/** What a user can do about replies that fail for a reason; names options as messages do. */
export function remedyFor(reason: ReplyFailure): string {
  return REMEDIES[reason];
}
