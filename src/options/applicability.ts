import { defaultScoresFile, STANDARD_OUTPUT } from './default-output.js';
import { deviceKind } from './device-name.js';
import type { CommandName, Part } from './option.js';
import { named } from './option-name.js';
import { type OptionName, type Options, optionNamed, optionsOf } from './option-table.js';
import { parseTeacherName, TEACHER_WAYS, type TeacherWay } from './teacher-name.js';

/** Options of any command. */
export type AnyOptions = Options<OptionName>;

/** An option that is set, but means nothing beside the others. */
export interface Misfit {
  readonly option: OptionName;
  /** The other option on whose account it does not apply. */
  readonly other: OptionName;
  /** A sentence that names both. */
  readonly message: string;
}

/** Whether an option asks for something; a switch that is off does not. */
export function isSet(options: AnyOptions, name: OptionName): boolean {
  return options[name] !== undefined && options[name] !== false;
}

/** Whether an option means something where `part` takes part. */
export function concerns(name: OptionName, part: Part): boolean {
  const parts = optionNamed(name).concerns;
  return parts === undefined || parts.includes(part);
}

/** In which way the teacher is asked; undefined when none is named. */
export function teacherWay({ teacher, teacherBatch }: AnyOptions): TeacherWay | undefined {
  const { kind } = parseTeacherName(teacher ?? '') ?? {};
  if (kind !== 'openai' && kind !== 'azure') return kind;
  return teacherBatch ? 'batch' : 'openai';
}

/** Whether a command, with these options, has candidates made by a teacher. */
export function needsTeacher(command: CommandName, { mode, teacher }: AnyOptions): boolean {
  // an estimate is of a run where a teacher is named
  if (command === 'estimate') return teacher !== undefined;
  return command === 'reflect' || command === 'teacher-check' || (command === 'run' && mode !== 'score-only');
}

/** Whether a command, with these options, has a student score. */
export function needsStudent(command: CommandName, { mode }: AnyOptions): boolean {
  return command === 'score' || command === 'estimate' || (command === 'run' && mode !== 'v1');
}

/** The options that are set but do not apply: to this mode, this teacher, this device, these files. */
export function misfits(command: CommandName, options: AnyOptions): readonly Misfit[] {
  const parts = partsOf(command, options);
  const set = optionsOf(command).filter(([name]) => isSet(options, name));
  return [
    ...(parts === undefined ? [] : set.flatMap(([name]) => partMisfit(name, parts, options))),
    ...(needsStudent(command, options) ? layersOnCpu(options) : idleDevice(options)),
    ...(command === 'select' ? pointlessForOneFile(options) : []),
    ...(command === 'select' || command === 'score' ? gonePast(options) : []),
  ];
}

/** Commands that only read what others have computed. */
const WITHOUT_MODELS: readonly CommandName[] = ['select', 'compare', 'inspect', 'report'];

/** Who takes part; undefined where no option asks for anybody. */
function partsOf(command: CommandName, options: AnyOptions): readonly Part[] | undefined {
  if (WITHOUT_MODELS.includes(command)) return undefined;
  // what a teacher has to be there for says so itself
  if (command === 'estimate' && options.teacher === undefined) return undefined;
  const way = needsTeacher(command, options) ? teacherWay(options) : undefined;
  const student = needsStudent(command, options) ? (['student'] as const) : [];
  return way === undefined ? student : [...student, way];
}

/** An option that none of those who take part is concerned by, and what that is due to. */
function partMisfit(name: OptionName, parts: readonly Part[], options: AnyOptions): readonly Misfit[] {
  if (optionNamed(name).concerns === undefined || parts.some((part) => concerns(name, part))) return [];
  const way = parts.find((part) => part !== 'student');
  const isForTeachers = TEACHER_WAYS.some((teacher) => concerns(name, teacher));
  if (way === undefined || !isForTeachers) {
    return [misfit(name, 'mode', `in ${named('mode')} ${options.mode}`)];
  }
  if (way === 'batch' && concerns(name, 'openai')) {
    return [misfit(name, 'teacherBatch', `with ${named('teacherBatch')}`)];
  }
  if (way === 'openai' && concerns(name, 'batch')) {
    return [misfit(name, 'teacherBatch', `without ${named('teacherBatch')}`)];
  }
  return [misfit(name, 'teacher', `to the ${named('teacher')} ${options.teacher}`)];
}

function layersOnCpu({ gpuLayers, device, devices }: AnyOptions): readonly Misfit[] {
  if (gpuLayers === undefined) return [];
  if (device === 'cpu') return [misfit('gpuLayers', 'device', `on the ${named('device')} cpu`)];
  const isOnCpus = devices?.every((name) => deviceKind(name) === 'cpu');
  return isOnCpus ? [misfit('gpuLayers', 'devices', `on the ${named('devices')} ${devices?.join(',')}`)] : [];
}

/** Without a student a device is the teacher's, unless that has one of its own. */
function idleDevice({ device, teacherDevice }: AnyOptions): readonly Misfit[] {
  const isIdle = device !== undefined && teacherDevice !== undefined;
  return isIdle ? [misfit('device', 'teacherDevice', `beside ${named('teacherDevice')}`)] : [];
}

/** One scored file is filtered by thresholds alone: nothing wins in it, and nothing is joined. */
function pointlessForOneFile(options: AnyOptions): readonly Misfit[] {
  if (options.importScores?.length !== 1) return [];
  return (['keep', 'onFilterFail', 'joinBy'] as const)
    .filter((name) => isSet(options, name))
    .map((name) => misfit(name, 'importScores', `to a single file of ${named('importScores')}`));
}

/** What went to standard output can neither be gone on with nor replaced. */
function gonePast(options: AnyOptions): readonly Misfit[] {
  const { output, dataset } = options;
  const isPiped = (output ?? (dataset && defaultScoresFile(dataset))) === STANDARD_OUTPUT;
  return (['resume', 'force'] as const)
    .filter((name) => isPiped && isSet(options, name))
    .map((name) => misfit(name, 'output', `to an ${named('output')} that is standard output`));
}

function misfit(option: OptionName, other: OptionName, where: string): Misfit {
  return { option, other, message: `${named(option)} does not apply ${where}.` };
}
