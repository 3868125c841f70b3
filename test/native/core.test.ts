import { describe } from 'vitest';
import { coreTests } from './core-tests.js';

describe('the native core', () => coreTests());
