import type { Policy } from '@vats/access';
import { counted } from '../counted.ts';

/** A policy in a few words, those of the files; how long its lists are, and not what is in them. */
export function describePolicy({ mode, countries = [], allow = [], deny = [] }: Policy): string {
  const lists = [
    ...(allow.length > 0 ? [`${counted(allow.length, 'network')} in allow`] : []),
    ...(deny.length > 0 ? [`${counted(deny.length, 'network')} in deny`] : []),
  ];
  return [mode === 'countries' ? `countries ${countries.join(' ')}` : mode, ...lists].join(', ');
}
