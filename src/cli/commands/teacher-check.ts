import { Command } from 'commander';
import { ReflectionError } from '../../errors.js';
import { checkTeacher } from '../../recycle/check-teacher.js';
import { renderTeacherCheck } from '../../report/render-teacher-check.js';
import { remedyFor } from '../../teacher/failure-remedies.js';
import { describeTeacher } from '../describe-teacher.js';
import { interruptible } from '../interruptible.js';
import { addOptions } from '../options/add-options.js';
import { readSettings, type Settings } from '../options/read-settings.js';
import { reportNotice } from '../progress/report-notice.js';

export function teacherCheckCommand(): Command {
  const command = addOptions(new Command('teacher-check'), 'teacher-check')
    .description('say how a teacher is asked and what it takes, with its reflection on one sample')
    .argument('[teacher]', 'the same as --teacher');
  return command.action(async (teacher: string | undefined) =>
    check(await readSettings('teacher-check', command, { teacher })),
  );
}

async function check(settings: Settings<'teacher-check'>): Promise<void> {
  const found = await interruptible((signal) =>
    checkTeacher({
      ...settings,
      signal,
      onStart: (start) => console.error(describeTeacher(start)),
      onNotice: reportNotice((line) => console.error(line)),
    }),
  );
  process.stdout.write(renderTeacherCheck(found));
  const { reply } = found;
  if (reply.kind === 'answered') return;
  throw new ReflectionError(
    'teacher_unusable',
    `The teacher's reply to the sample cannot be used. ${reply.detail}`,
    {
      remedy: remedyFor(reply.reason),
    },
  );
}
