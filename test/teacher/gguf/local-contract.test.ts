import { createTeacher } from '../../../src/teacher/create-teacher.js';
import { TINY_STUDENT } from '../../helpers/paths.js';
import { teacherRequest } from '../../helpers/teacher-requests.js';
import { tinyModel } from '../../models/tiny-models.js';
import { type Behaviour, keepsToTheContract, type OpenedTeacher } from '../contract.js';

const LOCAL = { teacherDevice: 'cpu', threads: 1, concurrency: 2, teacherContext: 768 } as const;

async function open(behaviour: Behaviour, model = TINY_STUDENT): Promise<OpenedTeacher> {
  const isSlow = behaviour === 'is slow';
  const options = { ...LOCAL, ...(isSlow ? {} : { maxFieldCharacters: 10 }) };
  const again = () => createTeacher(`gguf:${model}`, options);
  const teacher = await again();
  const maxTokens = behaviour === 'fails' ? 4 : 300;
  return {
    teacher,
    again,
    request: (number) => teacherRequest({ key: `row-${number}`, user: `Question ${number}.`, maxTokens }),
    // It takes them at once, and is slow enough.
    underWay: () => new Promise(setImmediate),
    release: () => {},
    [Symbol.asyncDispose]: () => teacher[Symbol.asyncDispose](),
  };
}

keepsToTheContract({
  name: 'a model in this process',
  key: 'sk-test-0123456789abcdef',
  open: (behaviour) => open(behaviour),
  openOther: async () => open('answers', await tinyModel('gpt2')),
  waits: true,
});
