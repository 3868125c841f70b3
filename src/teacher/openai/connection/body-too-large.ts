/** A response's body went on beyond what a reply can be. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';

  constructor(maxBytes: number) {
    super(`The response is longer than ${maxBytes} bytes.`);
  }
}
