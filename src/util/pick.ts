/** Those members of an object that are named and defined. */
export function pick<T extends object, Name extends keyof T>(
  object: T,
  names: readonly Name[],
): { [N in Name]?: Exclude<T[N], undefined> } {
  const entries = names.map((name) => [name, object[name]]).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [N in Name]?: Exclude<T[N], undefined> };
}
