/** How log-probs are taken from hidden states; see native/core/head.h. */
export const HEADS = ['plain', 'chunked', 'sampler'] as const;
export type Head = (typeof HEADS)[number];
export type HeadChoice = Head | 'auto';
