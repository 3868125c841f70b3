import { it } from 'vitest';
import { surviveKills, surviveKillsWithBatches } from '../cli/fixtures/survive-kills.js';

const KILLS = 24;

it('a run survives many kills', () => surviveKills(KILLS));

it('a run with batches survives many kills', () => surviveKillsWithBatches(KILLS));
