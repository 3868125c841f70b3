import { requestHash } from '../reply/request-hash.js';
import type { AskOptions, Teacher, TeacherReply, TeacherRequest, TeacherServer } from '../teacher.js';
import type { TeacherJournal } from './teacher-journal.js';

/** Another teacher whose replies are in a journal before anyone sees them. Owns both. */
export class RecordingTeacher implements Teacher {
  readonly #teacher: Teacher;
  readonly #journal: TeacherJournal;

  constructor(teacher: Teacher, journal: TeacherJournal) {
    this.#teacher = teacher;
    this.#journal = journal;
  }

  get id(): string {
    return this.#teacher.id;
  }

  get server(): TeacherServer | null {
    return this.#teacher.server;
  }

  async ask(request: TeacherRequest, options?: AskOptions): Promise<TeacherReply> {
    const reply = await this.#teacher.ask(request, options);
    const { key } = request;
    await this.#journal.append({ key, requestHash: requestHash(request), teacher: this.id, reply });
    return reply;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#teacher[Symbol.asyncDispose]();
    await this.#journal[Symbol.asyncDispose]();
  }
}
