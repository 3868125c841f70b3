// Takes a lock, says whether it got it, and holds on until it is killed or told to let go by the end of its input.
import { OutputLock } from '../../../dist/output/output-lock.js';

process.stdin.resume();
process.stdout.write('ready\n');
await new Promise((resolve) => process.stdin.once('data', resolve));
try {
  const lock = await OutputLock.acquire(process.argv[2]);
  process.stdout.write('held\n');
  await new Promise((resolve) => process.stdin.once('end', resolve));
  await lock.release();
} catch (error) {
  process.stdout.write(`${error.code}: ${error.message}\n`);
}
process.exit();
