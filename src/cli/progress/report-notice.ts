import { nameFlags } from '../../options/option-name.js';
import type { OnNotice, TeacherNotice } from '../../teacher/notice.js';
import { formatDuration } from '../../util/format.js';

/** The same wait is told again after so long. Milliseconds. */
const REPEAT_MS = 30_000;

const CAUSES = {
  rate_limit: 'waiting for the teacher’s rate limit',
  loading: 'waiting for the teacher’s server to load its model',
  retry: 'asking the teacher again',
} as const;

/** Prints what a teacher has to say; what it says over and over, now and then. */
export function reportNotice(print: (line: string) => void, now = () => performance.now()): OnNotice {
  const told = new Map<string, number>();
  return (notice) => {
    // How long a wait is, and what exactly is said, differs from one to the next.
    const key = notice.kind === 'waiting' ? `waiting ${notice.because}` : tell(notice);
    const last = told.get(key);
    if (last !== undefined && (notice.kind !== 'waiting' || now() - last < REPEAT_MS)) return;
    told.set(key, now());
    print(tell(notice));
  };
}

function tell(notice: TeacherNotice): string {
  switch (notice.kind) {
    case 'waiting': {
      const { because, milliseconds, detail } = notice;
      const time = `, ${because === 'retry' ? 'in' : 'for'} ${formatDuration(milliseconds / 1000)}`;
      return `${CAUSES[because]}${milliseconds > 0 ? time : ''}. ${detail}`;
    }
    case 'adapted':
      return `note: ${notice.change}. ${notice.detail}`;
    case 'failed':
      return (
        `row ${notice.row}: a reply failed (${notice.reason}), the first for this reason. ${notice.detail}\n` +
        `  remedy, if more follow: ${nameFlags(notice.remedy)}`
      );
    case 'warning':
      return `warning: ${notice.detail}`;
  }
}
