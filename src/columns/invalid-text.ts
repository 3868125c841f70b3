import { rowFault } from '../domain/row-fault.js';

export const INVALID_TEXT_FAULT = rowFault(
  'invalid_utf8',
  'a text of the row is not valid UTF-8. Write the column with valid texts, or as bytes.',
);
