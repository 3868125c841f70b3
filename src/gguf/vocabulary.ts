import { ARRAY, readMetadata, STRING } from './metadata-cursor.js';
import { unreadable } from './model-files.js';

/** How tokens are spelled: GPT-2's letters for bytes, or SentencePiece's text with a mark for the blank. */
const BYTE_LEVEL = ['gpt2'];
const SENTENCE_PIECE = ['llama', 't5'];

/** The bytes that each token of a model stands for. */
export interface Vocabulary {
  /** @throws RangeError when there is no such token. */
  bytes(token: number): Buffer;
}

/**
 * The vocabulary in a GGUF file; undefined where its tokenizer spells tokens in a way that is not known here.
 * @throws {ReflectionError} `model_unloadable` when the file cannot be read, `aborted`.
 */
export async function readVocabulary(path: string, signal?: AbortSignal): Promise<Vocabulary | undefined> {
  let model = '';
  const tokens: string[] = [];
  const read = readMetadata(
    path,
    async (name, type, cursor) => {
      if (name === 'tokenizer.ggml.model' && type === STRING) model = await cursor.text();
      else if (name === 'tokenizer.ggml.tokens' && type === ARRAY) {
        cursor.skip(4); // the type of its items, which are strings
        for (let left = await cursor.length(); left > 0; left--) tokens.push(await cursor.text());
      } else return 'skip';
      return model !== '' && tokens.length > 0 ? 'done' : 'read';
    },
    signal,
  );
  await read.catch((cause: Error) => {
    throw unreadable(path, cause, signal);
  });
  const toBytes = BYTE_LEVEL.includes(model)
    ? byteLevelBytes
    : SENTENCE_PIECE.includes(model)
      ? sentencePieceBytes
      : undefined;
  if (toBytes === undefined) return undefined;
  return {
    bytes(token) {
      const spelling = tokens[token];
      if (spelling === undefined) throw new RangeError(`the vocabulary has no token ${token}`);
      return toBytes(spelling);
    },
  };
}

function sentencePieceBytes(spelling: string): Buffer {
  const [, byte] = /^<0x([0-9A-F]{2})>$/.exec(spelling) ?? [];
  return byte === undefined ? Buffer.from(spelling.replaceAll('\u2581', ' ')) : Buffer.from(byte, 'hex');
}

/**
 * GPT-2 spells each byte as a letter: those that can be seen as themselves, the others as the letters from U+0100 on, in
 * their order.
 */
const BYTE_OF_LETTER: ReadonlyMap<string, number> = new Map(
  (() => {
    const isSeen = (byte: number) =>
      (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
    let next = 0x100;
    return Array.from({ length: 256 }, (_, byte): [string, number] => [
      String.fromCharCode(isSeen(byte) ? byte : next++),
      byte,
    ]);
  })(),
);

/** What is no such letter stands for itself: control tokens are spelled as they are. */
function byteLevelBytes(spelling: string): Buffer {
  return Buffer.concat(
    [...spelling].map((letter) => {
      const byte = BYTE_OF_LETTER.get(letter);
      return byte === undefined ? Buffer.from(letter) : Buffer.of(byte);
    }),
  );
}
