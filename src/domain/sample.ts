/** One instruction-tuning sample in Alpaca's three fields. `input` is the empty string when there is none. */
export interface Sample {
  readonly instruction: string;
  readonly input: string;
  readonly output: string;
}
