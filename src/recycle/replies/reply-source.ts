import type { Row } from '../../dataset/row.js';
import type { TeacherReply, TeacherRequest } from '../../teacher/teacher.js';

/** Where the replies to reflections come from; none is ever paid for twice. */
export interface ReplySource {
  /**
   * The reply to a request, on disk by then.
   * @param key - Names the request and all that its reply depends on.
   * @param row - The one that is asked about; of several whose requests are equal, any.
   * @throws {ReflectionError} what ends the run: a dead teacher, an exhausted budget, `aborted`.
   * @throws {NotYetAnswered} where replies come later, all at once.
   */
  reply(key: string, request: TeacherRequest, row: Pick<Row, 'index'>): Promise<TeacherReply>;
}

/** A row cannot be gone on with before the next batch of replies is there. */
export class NotYetAnswered extends Error {
  override readonly name = 'NotYetAnswered';
}
