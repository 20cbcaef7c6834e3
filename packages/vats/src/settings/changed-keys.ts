/** Dotted names of the keys in which two settings differ, such as `sip.listen`; lists are compared as a whole. */
export function changedKeys(before: object, after: object, path = ''): string[] {
  const [one, other] = [before, after] as Record<string, unknown>[];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => {
    const [was, is] = [one?.[key], other?.[key]];
    const name = `${path}${key}`;
    if (isGroup(was) && isGroup(is)) return changedKeys(was, is, `${name}.`);
    return JSON.stringify(was) === JSON.stringify(is) ? [] : [name];
  });
}

function isGroup(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
