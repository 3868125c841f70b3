import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { ReflectionError } from '../errors.js';
import { replaceFile } from '../util/replace-file.js';

/** One batch handed in, or about to be. */
export interface BatchTicket {
  /** Our own name for it, which the provider keeps with the batch. */
  readonly ticket: string;
  /** The provider's name; null until it is known. */
  readonly batchId: string | null;
  /** The requests it holds. */
  readonly requestIds: readonly string[];
}

const STATE = z.object({
  version: z.literal(1),
  tickets: z.array(
    z.object({ ticket: z.string(), batchId: z.string().nullable(), requestIds: z.array(z.string()) }),
  ),
});

/** Which batches a run has handed in, kept in a file so that a killed process goes on waiting for them. */
export class BatchState {
  readonly #path: string;
  #tickets: readonly BatchTicket[];

  private constructor(path: string, tickets: readonly BatchTicket[]) {
    this.#path = path;
    this.#tickets = tickets;
  }

  /** @throws {ReflectionError} `journal_unreadable`: without it, requests already paid for would be put again. */
  static async open(path: string): Promise<BatchState> {
    try {
      return new BatchState(path, STATE.parse(JSON.parse(await readFile(path, 'utf8'))).tickets);
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')
        return new BatchState(path, []);
      throw new ReflectionError('journal_unreadable', `${path} does not hold the state of batches.`, {
        remedy: 'Restore the file; if you delete it, batches under way are paid for but not collected.',
        cause,
      });
    }
  }

  get tickets(): readonly BatchTicket[] {
    return this.#tickets;
  }

  /** Adds a ticket or replaces the one of its name. On disk when it resolves. */
  async put(ticket: BatchTicket): Promise<void> {
    await this.#save([...this.#without(ticket.ticket), ticket]);
  }

  async remove(ticket: string): Promise<void> {
    await this.#save(this.#without(ticket));
  }

  #without(name: string): readonly BatchTicket[] {
    return this.#tickets.filter(({ ticket }) => ticket !== name);
  }

  async #save(tickets: readonly BatchTicket[]): Promise<void> {
    await replaceFile(this.#path, JSON.stringify({ version: 1, tickets }));
    this.#tickets = tickets;
  }
}
