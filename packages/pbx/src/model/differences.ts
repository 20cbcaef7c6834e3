import type { Json, JsonObject } from './kinds.ts';
import { listDifferences } from './list-differences.ts';
import { policyDifferences } from './policy-differences.ts';

const SECRETS = new Set(['password', 'ha1']);
const LONGEST_VALUE = 80;

/**
 * What tells two objects in the file's form apart, a line a key, for a person: 'ring: 25s -> 30s', of lists 'members: +204, -202'. Secrets are said to
 * have changed and never shown. List items that have a login or a key of their own are told apart by it.
 */
export function differences(before: JsonObject, after: JsonObject, prefix = ''): string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => differencesOf(`${prefix}${key}`, key, before[key], after[key]));
}

function differencesOf(path: string, key: string, before: Json | undefined, after: Json | undefined): string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (SECRETS.has(key))
    return [`password ${before === undefined ? 'set' : after === undefined ? 'removed' : 'changed'}`];
  if (key === 'access') return policyDifferences(path, before, after);
  if (isObject(before) && isObject(after)) return differences(before, after, `${path}.`);
  const [olds, news] = [byLogin(before), byLogin(after)];
  if (olds !== undefined && news !== undefined) return differencesOfDevices(olds, news);
  const [list, other] = [listIn(before), listIn(after)];
  if (list !== undefined && other !== undefined && list.length + other.length > 0) {
    return [`${path}: ${listDifferences(list, other)}`];
  }
  return [`${path}: ${written(before)} -> ${written(after)}`];
}

function differencesOfDevices(before: Map<string, JsonObject>, after: Map<string, JsonObject>): string[] {
  const lines: string[] = [];
  for (const login of before.keys()) if (!after.has(login)) lines.push(`device ${login} removed`);
  for (const [login, device] of after) {
    const old = before.get(login);
    if (old === undefined) lines.push(`device ${login} added`);
    else lines.push(...differences(old, device).map((line) => `device ${login}: ${line}`));
  }
  return lines.length > 0 ? lines : ['devices: another order'];
}

/** Devices by their login, when the list holds devices (an empty list may have held them). */
function byLogin(value: Json | undefined): Map<string, JsonObject> | undefined {
  if (!Array.isArray(value)) return undefined;
  const devices = new Map<string, JsonObject>();
  for (const item of value) {
    if (!isObject(item) || typeof item.login !== 'string') return undefined;
    devices.set(item.login, item);
  }
  return devices;
}

/** A list, where there is one or nothing is said. */
function listIn(value: Json | undefined): readonly Json[] | undefined {
  return value === undefined ? [] : Array.isArray(value) ? value : undefined;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function written(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}
