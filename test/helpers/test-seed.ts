/** Names the variable that replays a run's random tests; printed when a run begins. */
export const SEED_VARIABLE = 'REFLECTION_TUNING_TEST_SEED';

/** What everything random in this run of the tests follows from: fast-check's cases, and the moments of kills. */
export const TEST_SEED = Number(process.env[SEED_VARIABLE]);
