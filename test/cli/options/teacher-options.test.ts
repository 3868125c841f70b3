import { describe, expect, it } from 'vitest';
import { readTeacherOptions } from '../../../src/cli/options/teacher-options.js';

describe('prices', () => {
  it('go together: half a price could keep no limit', async () => {
    await expect(readTeacherOptions({ promptPrice: 1, maxCost: 5 })).rejects.toMatchObject({
      code: 'invalid_option',
      remedy: expect.stringContaining('--reply-price'),
    });
    const { teacherOptions } = await readTeacherOptions({ promptPrice: 1, replyPrice: 0 });
    expect(teacherOptions?.openai?.price).toEqual({ promptPerMillion: 1, completionPerMillion: 0 });
  });
});
