import type { TeacherCheck } from '../recycle/check-teacher.js';
import type { Dialect } from '../teacher/openai/chat/dialect.js';
import type { ReportedLimit } from '../teacher/openai/pacing/rate-limit-headers.js';
import type { TeacherReply } from '../teacher/teacher.js';
import { formatCount, formatDuration } from '../util/format.js';
import { plainTable } from './plain-table.js';

/** What a teacher turned out to be like, for people: plain text, ending in a newline. */
export function renderTeacherCheck({ teacher, manner, contextLength, reply }: TeacherCheck): string {
  const table = plainTable({
    align: ['left', 'left'],
    rows: [
      ['teacher', teacher.server?.name ?? teacher.id],
      ['reply format', reply.format ?? manner?.dialect.format ?? 'unknown'],
      ...(manner === null ? [] : mannerRows(manner.dialect)),
      ...(contextLength === null ? [] : [['context', `${formatCount(contextLength)} tokens`]]),
      ...(manner === null ? [] : [['rate limits', limitsText(manner.limits)]]),
      ...(manner?.latencyMs == null
        ? []
        : [['latency', `${formatDuration(manner.latencyMs / 1000)} for a word`]]),
      ...replyRows(reply),
    ],
  });
  return `${[table, ...replyTexts(reply)].join('\n\n')}\n`;
}

function mannerRows({ system, omitted, stream, tokenLimit, mostTokens, thinks }: Dialect): string[][] {
  const most = mostTokens === null ? '' : `, at most ${formatCount(mostTokens)} tokens`;
  return [
    ['system prompt', system === 'message' ? 'a message of its own' : 'part of the user’s message'],
    ['left out', omitted.length === 0 ? 'nothing' : omitted.join(', ')],
    ['reply limit', `${tokenLimit}${most}`],
    ['streamed', stream ? 'yes, the server insists' : 'no'],
    ['thinks', thinks ? 'yes' : 'no'],
  ];
}

function limitsText(limits: readonly ReportedLimit[]): string {
  if (limits.length === 0) return 'not told';
  return limits
    .map(({ of, limit, remaining }) => {
      const whole = limit === null ? '' : ` of ${formatCount(limit)}`;
      return `${formatCount(remaining)}${whole} ${of} left`;
    })
    .join(', ');
}

function replyRows({ usage, milliseconds, retries, reasoning }: TeacherReply): string[][] {
  const seconds = milliseconds / 1000;
  const about = usage.estimated ? 'about ' : '';
  const tokens = (count: number) => `${about}${formatCount(count)} tokens`;
  const speed = seconds > 0 ? `, ${(usage.completionTokens / seconds).toFixed(1)} tokens/s` : '';
  const thought =
    usage.reasoningTokens === undefined
      ? reasoning === undefined
        ? ''
        : ', thinking included'
      : `, ${formatCount(usage.reasoningTokens)} of them thinking`;
  return [
    ['prompt', tokens(usage.promptTokens)],
    ['reply', `${tokens(usage.completionTokens)} in ${formatDuration(seconds)}${speed}${thought}`],
    ...(retries > 0 ? [['retries', formatCount(retries)]] : []),
    ...(usage.cost === null || usage.cost === 0 ? [] : [['cost', usage.cost.toFixed(6)]]),
  ];
}

/** What it wrote, or all there is of it. */
function replyTexts(reply: TeacherReply): string[] {
  if (reply.kind === 'failed') {
    const text = reply.rawText === null || reply.rawText === '' ? [] : [`it wrote:\n${reply.rawText}`];
    return [`the reply cannot be used (${reply.reason}): ${reply.detail}`, ...text];
  }
  return [
    'its reflection on a sample',
    ...Object.entries(reply.fields).map(([name, text]) => `${name}\n  ${text.replaceAll('\n', '\n  ')}`),
  ];
}
