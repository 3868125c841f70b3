import type { Turn } from '../domain/conversation.js';

/**
 * Who speaks in what order, for people: `system (user assistant) x3`. An assistant that calls tools is `call`; `-` precedes
 * one whose turn is not scored.
 */
export function roleSequence(turns: readonly Turn[]): string {
  const names = turns.map(nameOf);
  const words: string[] = [];
  for (let i = 0; i < names.length; ) {
    const [first, second] = [names[i]!, names[i + 1]];
    let count = 1;
    if (second !== undefined && second !== first) {
      while (names[i + 2 * count] === first && names[i + 2 * count + 1] === second) count++;
    }
    if (count > 1) {
      words.push(`(${first} ${second}) x${count}`);
      i += 2 * count;
    } else {
      words.push(first);
      i += 1;
    }
  }
  return words.join(' ');
}

function nameOf({ role, toolCalls, isTarget }: Turn): string {
  if (role !== 'assistant') return role;
  return `${isTarget ? '' : '-'}${toolCalls.length > 0 ? 'call' : role}`;
}
