import { describe } from 'vitest';
import { coreTests } from '../native/core-tests.js';

describe.each(['address', 'thread'] as const)('the native core under sanitizers (%s)', coreTests);
