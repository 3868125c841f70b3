import type { TableRows } from './tables.js';

/** A table in Markdown, without a newline at its end. */
export function markdownTable({ head, align, rows }: TableRows): string {
  const rules = align.map((side) => (side === 'right' ? '--:' : '---'));
  return [head, rules, ...rows].map((cells) => `| ${cells.map(escapeCell).join(' | ')} |`).join('\n');
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|');
}
