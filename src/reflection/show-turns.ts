import type { Role, Turn } from '../domain/conversation.js';
import { fence } from './fence.js';

const LABELS: Readonly<Record<Role, string>> = {
  system: 'SYSTEM PROMPT',
  user: 'USER',
  assistant: 'ASSISTANT',
  tool: 'TOOL RESULT',
};

/** The turns around a sample as a teacher sees them: a block for each text, and one for each call of a tool. */
export function showTurns(turns: readonly Turn[], tag: string): readonly string[] {
  return turns.flatMap(({ role, text, input, toolCalls }) => [
    ...[text, input].filter((said) => said !== '').map((said) => context(LABELS[role], said, tag)),
    ...toolCalls.map(({ name, arguments: given }) =>
      context('TOOL CALL', `${name}(${JSON.stringify(given)})`, tag),
    ),
  ]);
}

function context(label: string, text: string, tag: string): string {
  return fence(`CONTEXT: ${label}`, text, tag);
}
