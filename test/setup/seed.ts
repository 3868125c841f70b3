import fc from 'fast-check';
import { TEST_SEED } from '../helpers/test-seed.js';

fc.configureGlobal({ seed: TEST_SEED });
