import type { UnscorableReason } from '../domain/score.js';

/** Why a row has no score, for people: a clause, short enough for a table of 80 columns. */
export const REASON_TEXT: Readonly<Record<UnscorableReason, string>> = {
  malformed_json: 'the line is not valid JSON',
  not_an_object: 'the row is not a JSON object',
  invalid_utf8: 'the bytes are not valid UTF-8',
  row_too_large: 'the row exceeds the size limit',
  missing_field: 'a needed column is missing',
  wrong_type: 'a field is not a string',
  contradicting_columns: 'two columns contradict each other',
  malformed_messages: 'the messages cannot be read',
  malformed_tool_call: 'a tool call cannot be read',
  unknown_role: 'a message has an unknown role',
  not_text: 'a message holds more than text',
  no_assistant_turn: 'no assistant turn',
  all_turns_masked: 'every assistant turn is masked',
  lone_surrogate: 'a field holds half a character',
  template_refuses: 'the chat template refuses the row',
  template_alters_text: 'the chat template alters a text',
  template_needs_date: 'the chat template needs a date',
  not_a_sample: 'not one question with its answer',
  empty_output: 'the answer is empty',
  empty_instruction: 'the instruction is empty',
  prompt_too_long: 'no room is left for the answer',
  reverse_prompt_too_long: 'the answer leaves r-IFD no room',
  no_target_tokens: 'no token is left to predict',
  not_finite: 'the student gave no finite number',
};
