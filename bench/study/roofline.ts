import { spreadOf } from '../report/statistics.js';
import { gflops, sgemmPeak } from './figures.js';
import { type Round, resultOf, type Study } from './study.js';
import type { TableRows } from './tables.js';

/** Where one student's scoring sits under the machine's two ceilings; rates in 10^9 operations a second. */
export interface RooflinePoint {
  readonly name: string;
  /** Operations of the matrices for each decoded token, output rows included. */
  readonly flopsPerToken: number;
  /** Weights read for each decoded token, when every decode reads the whole file once. */
  readonly bytesPerToken: number;
  /** What reading the weights allows. */
  readonly bandwidthRoof: number;
  /** What the best matrix library reaches. */
  readonly computeRoof: number;
  readonly achieved: number;
}

/** A point for each entry of ours that scores; none without the machine's ceilings. */
export function rooflinePoints({ entries }: Study, rounds: readonly Round[]): readonly RooflinePoint[] {
  if (rounds.length === 0 || !rounds.every((round) => round.has('sgemm'))) return [];
  const median = (figure: (round: Round) => number) => spreadOf(rounds.map(figure)).median;
  const computeRoof = median(sgemmPeak);
  const readRate = median((round) => Number(resultOf(round, 'sgemm').facts.readGigabytesPerSecond));
  return entries
    .filter(({ contender }) => contender === 'ours')
    .map(({ name, model: { cost, bytes } }) => {
      const { decodedTokens, outputRows, decodes } = resultOf(rounds[0]!, name).facts;
      const flopsPerToken = 2 * (cost.body + (cost.head * Number(outputRows)) / Number(decodedTokens));
      const bytesPerToken = (bytes * Number(decodes)) / Number(decodedTokens);
      return {
        name,
        flopsPerToken,
        bytesPerToken,
        bandwidthRoof: (flopsPerToken / bytesPerToken) * readRate,
        computeRoof,
        achieved: median((round) => gflops(resultOf(round, name), cost)),
      };
    });
}

export function rooflineTable(points: readonly RooflinePoint[]): TableRows {
  return {
    head: [
      ...['student', 'MFLOP a token', 'weight bytes a token', 'FLOP a byte'],
      ...['bandwidth roof, GFLOP/s', 'SGEMM roof', 'achieved'],
    ],
    align: ['left', 'right', 'right', 'right', 'right', 'right', 'right'],
    rows: points.map(({ name, flopsPerToken, bytesPerToken, bandwidthRoof, computeRoof, achieved }) => [
      name,
      whole(flopsPerToken / 1e6),
      whole(bytesPerToken),
      whole(flopsPerToken / bytesPerToken),
      whole(bandwidthRoof),
      whole(computeRoof),
      whole(achieved),
    ]),
  };
}

const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

function whole(value: number): string {
  return WHOLE.format(value);
}
