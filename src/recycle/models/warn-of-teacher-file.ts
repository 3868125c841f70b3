import { fileWarnings } from '../../engine/check-model-file.js';
import { warningsAbout } from '../../gguf/load-warnings.js';
import { parseTeacherName } from '../../options/teacher-name.js';
import type { OnNotice } from '../../teacher/notice.js';

/**
 * Tells what is doubtful about the file of a teacher in this process. node-llama-cpp hands llama.cpp’s warnings to the
 * first of several models only, so the file is looked into apart.
 */
export async function warnOfTeacherFile(name: string, onNotice: OnNotice | undefined): Promise<void> {
  const { kind, target } = parseTeacherName(name) ?? {};
  if (onNotice === undefined || kind !== 'gguf' || target === undefined) return;
  const warnings = await fileWarnings(target);
  for (const detail of warningsAbout('teacher', target, warnings)) onNotice({ kind: 'warning', detail });
}
