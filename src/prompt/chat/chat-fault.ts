import type { UnscorableReason } from '../../domain/score.js';
import type { Rendering } from './jinja.js';

/** Why a template cannot show a conversation, or one turn of it. */
export interface ChatFault {
  readonly kind: 'fault';
  readonly reason: Extract<
    UnscorableReason,
    'template_refuses' | 'template_alters_text' | 'template_needs_date'
  >;
  /** What is wrong, as a sentence without a full stop. */
  readonly problem: string;
}

export function chatFault(reason: ChatFault['reason'], problem: string): ChatFault {
  return { kind: 'fault', reason, problem };
}

export function faultOf(rendering: Exclude<Rendering, { kind: 'rendered' }>): ChatFault {
  if (rendering.kind === 'needs_date') {
    return chatFault(
      'template_needs_date',
      'the chat template writes the date of the day, which would change the scores from day to day; give it one with --template-date',
    );
  }
  return chatFault('template_refuses', `the chat template refuses the conversation: ${rendering.message}`);
}
