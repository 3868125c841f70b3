/** The body of a chat completion request, as sent. */
export interface ChatBody {
  readonly model: string;
  readonly messages: readonly { readonly role: 'system' | 'user'; readonly content: string }[];
  readonly max_tokens?: number;
  readonly max_completion_tokens?: number;
  readonly temperature?: number;
  readonly top_p?: number;
  readonly seed?: number;
  readonly stream?: boolean;
  readonly stream_options?: object;
  readonly response_format?: object;
  /** What the user has sent along. */
  readonly [extra: string]: unknown;
}

/** How many tokens the reply to a request may have. */
export function limitOf(body: ChatBody): number {
  return body.max_completion_tokens ?? body.max_tokens ?? 0;
}
