import { randomUUID } from 'node:crypto';
import { ReflectionError } from '../../errors.js';
import type { BatchClient } from './batch-client.js';
import type { BatchState, BatchTicket } from './batch-state.js';

/** A request that is in no batch yet. */
export interface FreshRequest {
  readonly id: string;
  /** Of the batch's input. */
  readonly line: string;
}

/**
 * Makes a batch of requests. Its ticket is written down before there can be one, and crossed out where there certainly is
 * none.
 * @throws {ReflectionError} as {@link BatchClient} does.
 */
export async function handIn(
  requests: readonly FreshRequest[],
  client: BatchClient,
  state: BatchState,
  signal: AbortSignal,
): Promise<void> {
  const ticket: BatchTicket = {
    ...{ ticket: randomUUID(), batchId: null },
    requestIds: requests.map(({ id }) => id),
  };
  const lines = requests.map(({ line }) => line);
  const fileId = await client.upload(ticket.ticket, lines, signal);
  await state.put(ticket);
  try {
    const batch = await client.create(ticket.ticket, fileId, signal);
    await state.put({ ...ticket, batchId: batch.id });
  } catch (error) {
    if (error instanceof ReflectionError && error.code !== 'teacher_unreachable') {
      const found = await client.find(ticket.ticket, signal).catch(() => 'unknown');
      if (found === undefined) await state.remove(ticket.ticket);
    }
    throw error;
  }
}

/** Finds out about batches that a killed process may or may not have handed in. */
export async function recoverTickets(
  client: BatchClient,
  state: BatchState,
  signal: AbortSignal,
): Promise<void> {
  for (const ticket of state.tickets) {
    if (ticket.batchId !== null) continue;
    const batch = await client.find(ticket.ticket, signal);
    if (batch === undefined) await state.remove(ticket.ticket);
    else await state.put({ ...ticket, batchId: batch.id });
  }
}
