/** The program of a worker process: one student, at the command of the pool that started it. See messages.ts. */
import { Student } from '../student.js';
import { type FromWorker, type ToWorker, toPlainError } from './messages.js';

let student: Student | undefined;
const underWay = new Map<number, AbortController>();

function send(message: FromWorker): void {
  // nobody is left to be told once the pool's process has gone
  if (process.connected) process.send!(message, undefined, undefined, () => {});
}

async function load(options: Extract<ToWorker, { kind: 'load' }>['options']): Promise<void> {
  try {
    student = await Student.load(options);
    const { model, engine, device, precision, deterministic, startToken, startTokenKind, parallelism } =
      student;
    send({
      kind: 'loaded',
      student: { model, engine, device, precision, deterministic, startToken, startTokenKind, parallelism },
    });
  } catch (error) {
    send({ kind: 'refused', error: toPlainError(error) });
  }
}

async function answer(id: number, work: (loaded: Student, signal: AbortSignal) => Promise<FromWorker>) {
  const controller = new AbortController();
  underWay.set(id, controller);
  try {
    send(await work(student!, controller.signal));
  } catch (error) {
    send({ kind: 'failed', id, error: toPlainError(error) });
  } finally {
    underWay.delete(id);
  }
}

process.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'load':
      return void load(message.options);
    case 'tokenize': {
      const { id, texts, options } = message;
      return void answer(id, async (loaded) => {
        return { kind: 'tokenized', id, lists: await loaded.tokenizeFlat(texts, options) };
      });
    }
    case 'score': {
      const { id, job } = message;
      return void answer(id, async (loaded, signal) => {
        return { kind: 'scored', id, result: await loaded.scoreFlat(job, signal), stats: loaded.stats() };
      });
    }
    case 'cancel':
      return underWay.get(message.id)?.abort();
    case 'close':
      return void student?.close().then(() => process.disconnect());
  }
});
// also how the pool's process ends when it is killed
process.once('disconnect', () => process.exit());
