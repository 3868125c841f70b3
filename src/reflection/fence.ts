import { hash } from 'node:crypto';

const TAG_LENGTH = 16;

/**
 * A word of 16 hexadecimal digits that none of `texts` contains, so that what is fenced with it cannot end its
 * own fence. It looks random but depends on nothing except `seed` (by default the texts themselves): the same
 * request is the same text every time, which a cache of answers needs.
 */
export function fenceTag(texts: readonly string[], seed = JSON.stringify(texts)): string {
  for (let digest = hash('sha256', seed, 'hex'); ; digest = hash('sha256', digest, 'hex')) {
    const tag = digest.slice(0, TAG_LENGTH);
    if (!texts.some((text) => text.includes(tag))) return tag;
  }
}

/** `text` between two lines that name it and carry the tag. */
export function fence(label: string, text: string, tag: string): string {
  return `<<<BEGIN ${label} ${tag}>>>\n${text}\n<<<END ${label} ${tag}>>>`;
}
