import type { Policy } from '@vats/access';
import { expect, test } from 'vitest';
import { describePolicy } from './describe-policy.ts';

test.each<[Policy, string]>([
  [{ mode: 'any' }, 'any'],
  [{ mode: 'any', deny: ['198.51.100.7'] }, 'any, 1 network in deny'],
  [{ mode: 'russia', allow: ['203.0.113.0/24', '10.20.*'] }, 'russia, 2 networks in allow'],
  [{ mode: 'countries', countries: ['RU', 'BY'] }, 'countries RU BY'],
  [{ mode: 'list', allow: ['10.0.0.0/8'], deny: ['10.1.0.0/16'] }, 'list, 1 network in allow, 1 network in deny'],
])('%j is %s', (policy, text) => {
  expect(describePolicy(policy)).toBe(text);
});
