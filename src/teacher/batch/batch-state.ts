import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { ReflectionError } from '../../errors.js';
import { SERVER_FORMATS } from '../../options/choices.js';
import { replaceFile } from '../../util/replace-file.js';
import { inPresentSpelling } from '../journal/earlier-spelling.js';
import { type Dialect, OPTIONAL_PARAMETERS } from '../openai/chat/dialect.js';

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
  dialect: z.preprocess(
    inPresentSpelling,
    z
      .object({
        format: z.enum(SERVER_FORMATS),
        tokenLimit: z.enum(['max_tokens', 'max_completion_tokens']),
        omitted: z.array(z.enum(OPTIONAL_PARAMETERS)),
        // Unknown to earlier versions.
        system: z.enum(['message', 'user']).default('message'),
        stream: z.boolean().default(false),
        mostTokens: z.number().nullable().default(null),
        thinks: z.boolean().default(false),
      })
      .nullable(),
  ),
  tickets: z.array(
    z.object({ ticket: z.string(), batchId: z.string().nullable(), requestIds: z.array(z.string()) }),
  ),
});

type Contents = Omit<z.infer<typeof STATE>, 'version'>;

/** Which batches a run has handed in, kept in a file so that a killed process goes on waiting for them. */
export class BatchState {
  readonly #path: string;
  #contents: Contents;

  private constructor(path: string, contents: Contents) {
    this.#path = path;
    this.#contents = contents;
  }

  /** @throws {ReflectionError} `journal_unreadable`: without it, requests already paid for would be put again. */
  static async open(path: string): Promise<BatchState> {
    try {
      return new BatchState(path, STATE.parse(JSON.parse(await readFile(path, 'utf8'))));
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')
        return new BatchState(path, { dialect: null, tickets: [] });
      throw new ReflectionError('journal_unreadable', `${path} does not hold the state of batches.`, {
        remedy: 'Restore the file; if you delete it, batches under way are paid for but not collected.',
        cause,
      });
    }
  }

  get tickets(): readonly BatchTicket[] {
    return this.#contents.tickets;
  }

  /** How the server is asked, null until that was found out. */
  get dialect(): Dialect | null {
    return this.#contents.dialect;
  }

  async keepDialect(dialect: Dialect): Promise<void> {
    await this.#save({ ...this.#contents, dialect: { ...dialect, omitted: [...dialect.omitted] } });
  }

  /** Adds a ticket or replaces the one of its name. On disk when it resolves. */
  async put({ ticket, batchId, requestIds }: BatchTicket): Promise<void> {
    const added = { ticket, batchId, requestIds: [...requestIds] };
    await this.#saveTickets([...this.#without(ticket), added]);
  }

  async remove(ticket: string): Promise<void> {
    await this.#saveTickets(this.#without(ticket));
  }

  /** Lets go of requests whose replies are kept elsewhere, and of the batches that held no others. */
  async forget(requestIds: ReadonlySet<string>): Promise<void> {
    if (requestIds.size === 0) return;
    const left = this.#contents.tickets.map((ticket) => ({
      ...ticket,
      requestIds: ticket.requestIds.filter((id) => !requestIds.has(id)),
    }));
    await this.#saveTickets(left.filter((ticket) => ticket.requestIds.length > 0));
  }

  #without(name: string): Contents['tickets'] {
    return this.#contents.tickets.filter(({ ticket }) => ticket !== name);
  }

  async #saveTickets(tickets: Contents['tickets']): Promise<void> {
    await this.#save({ ...this.#contents, tickets });
  }

  async #save(contents: Contents): Promise<void> {
    await replaceFile(this.#path, JSON.stringify({ version: 1, ...contents }));
    this.#contents = contents;
  }
}
