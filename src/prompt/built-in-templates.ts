import { BUILT_IN_TEMPLATE_NAMES, type BuiltInTemplateName } from '../options/choices.js';
import { createTemplate, type Template } from './template.js';

const VICUNA_SYSTEM =
  'A chat between a curious user and an artificial intelligence assistant. ' +
  "The assistant gives helpful, detailed, and polite answers to the user's questions.";

/**
 * The prompts that IFD is published with. Every byte counts: none ends in a space or newline but `none`, which
 * is the raw text for students that were trained to no template.
 */
export const BUILT_IN_TEMPLATES: Readonly<Record<BuiltInTemplateName, Template>> = {
  alpaca: createTemplate(
    'alpaca',
    'Below is an instruction that describes a task. ' +
      'Write a response that appropriately completes the request.\n\n' +
      '### Instruction:\n{instruction}\n\n### Response:',
    'Below is an instruction that describes a task, paired with an input that provides further context. ' +
      'Write a response that appropriately completes the request.\n\n' +
      '### Instruction:\n{instruction}\n\n### Input:\n{input}\n\n### Response:',
    { question: '### Instruction:', answer: '### Response:', separator: '\n\n' },
  ),
  vicuna: createTemplate(
    'vicuna',
    `${VICUNA_SYSTEM} USER: {instruction} ASSISTANT:`,
    `${VICUNA_SYSTEM} USER: {instruction}\nInput:\n{input} ASSISTANT:`,
    { question: 'USER:', answer: 'ASSISTANT:', separator: ' ' },
  ),
  wizardlm: createTemplate(
    'wizardlm',
    '{instruction}\n\n### Response:',
    '{instruction}\n{input}\n\n### Response:',
    { question: '', answer: '### Response:', separator: '\n\n' },
  ),
  none: createTemplate('none', '{instruction}\n', '{instruction}\n{input}\n', {
    question: '',
    answer: '',
    separator: '\n',
  }),
};

export function isBuiltInTemplateName(name: string): name is BuiltInTemplateName {
  return (BUILT_IN_TEMPLATE_NAMES as readonly string[]).includes(name);
}
