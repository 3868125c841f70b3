/**
 * A stretch of a rendered chat. What the template writes may hold control tokens; what comes from the row is text, whatever
 * it spells. Pieces are tokenized apart.
 */
export interface Piece {
  readonly text: string;
  readonly isTemplate: boolean;
}
