export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

const NAMES = { system: 'system', user: 'human', assistant: 'gpt' } as const;

// biome-ignore lint/suspicious/noExplicitAny: whatever row the layout spells
type Row = any;

/** A way in which rows spell a system prompt and two exchanges, and back. */
export interface ChatLayout {
  readonly spell: (turns: readonly Message[]) => object;
  readonly read: (row: Row) => unknown;
}

const user = (content: string) => ({ role: 'user', content });
const assistant = (content: string) => ({ role: 'assistant', content });

export const CHAT_LAYOUTS: Readonly<Record<string, ChatLayout>> = {
  messages: { spell: (messages) => ({ messages }), read: ({ messages }: Row) => messages },
  'encoded messages': {
    spell: (messages) => ({ messages: JSON.stringify(messages) }),
    read: ({ messages }: Row) => JSON.parse(messages),
  },
  sharegpt: {
    spell: (turns) => ({
      conversations: turns.map(({ role, content }) => ({ from: NAMES[role], value: content })),
    }),
    read: ({ conversations }: Row) =>
      conversations.map(({ from, value }: Row) => ({
        role: Object.entries(NAMES).find(([, name]) => name === from)![0],
        content: value,
      })),
  },
  'sharegpt-pairs': {
    spell: ([system, ...turns]) => ({
      system: system!.content,
      conversation: [0, 2].map((i) => ({ human: turns[i]!.content, gpt: turns[i + 1]!.content })),
    }),
    read: ({ system, conversation }: Row) => [
      { role: 'system', content: system },
      ...conversation.flatMap(({ human, gpt }: Row) => [user(human), assistant(gpt)]),
    ],
  },
  'alpaca with history': {
    spell: ([system, ...turns]) => ({
      system: system!.content,
      history: [[turns[0]!.content, turns[1]!.content]],
      question: turns[2]!.content,
      answer: turns[3]!.content,
    }),
    read: ({ system, history, question, answer }: Row) => [
      { role: 'system', content: system },
      ...history.flatMap(([asked, answered]: Row) => [user(asked), assistant(answered)]),
      user(question),
      assistant(answer),
    ],
  },
  'prompt-completion': {
    spell: (turns) => ({ prompt: turns.slice(0, -1), completion: turns.slice(-1) }),
    read: ({ prompt, completion }: Row) => [...prompt, ...completion],
  },
};
