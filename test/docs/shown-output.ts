/**
 * Whether a command's output is what a page shows. Compared line by line, blanks at the ends of lines left out, with
 * these liberties and no others:
 *  - `...` alone on a line stands for any number of lines, within a line for any text;
 *  - lines that only tell how a command is getting on are left out: `student ... on AMD EPYC`, `teacher gguf:...`,
 *    `100%  104 rows  45.8 rows/s`;
 *  - times, rates and process ids are as good as any other: `2.3 s`, `19.6K tokens/s`, `process 5891`;
 *  - a number with decimals may be off by one unit of its last digit or by 0.2%, which is how far `--precision fast` is
 *    from F32 (README), and so how far two processors may be apart. Whole numbers have to match.
 */
export function showsOutput(shown: string, actual: string): boolean {
  return matchLines(linesOf(shown), linesOf(actual));
}

function linesOf(text: string): string[] {
  const lines = text
    .split('\n')
    .filter((line) => !PROGRESS.test(line))
    .map((line) => mask(line.trimEnd()));
  while (lines.at(-1) === '') lines.pop();
  return lines;
}

const PROGRESS = /^(?:student \S.* on .+|teacher \S.*|\d+% {2}.*rows\/s.*)$/;

/** Puts one spelling in place of what differs from run to run. */
function mask(line: string): string {
  return line
    .replace(/\b[\d.,]+[KM]? (rows|tokens)\/s/g, '<rate> $1/s')
    .replace(/\b[\d.]+ (?:ms|s|min)\b/g, '<time>')
    .replace(/\b([Pp]rocess) \d+/g, '$1 <id>');
}

function matchLines(shown: readonly string[], actual: readonly string[]): boolean {
  // from where in `actual` the lines so far of `shown` can have been found
  let ends = new Set([0]);
  for (const line of shown) {
    const next = new Set<number>();
    for (const end of ends) {
      if (line === '...') for (let i = end; i <= actual.length; i++) next.add(i);
      else if (end < actual.length && matchLine(line, actual[end]!)) next.add(end + 1);
    }
    ends = next;
  }
  return ends.has(actual.length);
}

function matchLine(shown: string, actual: string): boolean {
  const numbers: string[] = [];
  const patternOf = (text: string) =>
    text.split(DECIMAL).map((piece, i) => {
      if (i % 2 === 0) return piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      numbers.push(piece);
      return '(\\d+\\.\\d+)';
    });
  const pattern = shown.split('...').map((text) => patternOf(text).join(''));
  const match = new RegExp(`^${pattern.join('.*')}$`).exec(actual);
  return match !== null && numbers.every((number, i) => isNear(number, match[i + 1]!));
}

/** A number with decimals that is no part of a version or a name. */
const DECIMAL = /(?<![\w.])(\d+\.\d+)(?![\w.]*\.\d)(?!\w)/;

function isNear(shown: string, actual: string): boolean {
  const unit = 10 ** -(shown.length - shown.indexOf('.') - 1);
  const slack = Math.max(unit, 0.002 * Number(shown));
  return Math.abs(Number(shown) - Number(actual)) <= slack * (1 + 1e-9);
}
