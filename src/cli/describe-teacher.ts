import type { TeacherDescription } from '../teacher/teacher.js';

/** Who will be asked, and which key goes where: nobody should find that out from a bill. */
export function describeTeacher({ id, server }: TeacherDescription): string {
  if (server === null) return `teacher ${id}`;
  const key = server.keyVariable === null ? 'without a key' : `with the key in ${server.keyVariable}`;
  const way = server.proxy === null ? '' : `, through the proxy ${server.proxy}`;
  return `teacher ${server.name} at ${server.endpoint}, ${key}${way}`;
}
