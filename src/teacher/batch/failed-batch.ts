import { ReflectionError } from '../../errors.js';
import { named } from '../../options/option-name.js';
import { asSentence } from '../openai/chat/chat-fault.js';
import type { Redact } from '../openai/connection/secrets.js';
import type { Batch } from './batch-object.js';

/** Providers bound the tokens of all batches that wait; beyond that they turn further batches down. */
export function isCrowdedOut({ errors }: Batch): boolean {
  return /token_limit_exceeded|enqueued token/i.test(errors);
}

/** The error for a batch that a provider turned down as a whole. */
export function batchFailed(batch: Batch, redact: Redact): ReflectionError {
  const said = asSentence(batch.errors === '' ? 'It does not say why' : redact(batch.errors));
  return new ReflectionError('teacher_unusable', `The provider turned the batch ${batch.id} down: ${said}`, {
    remedy: isCrowdedOut(batch)
      ? `Run again with smaller batches (${named('batchSize')}); nothing was charged for this one.`
      : 'Correct what it says and run again; nothing was charged for this batch.',
  });
}
