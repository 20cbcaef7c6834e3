import { describe, expect, test } from 'vitest';
import type { Policy } from '../policy/policy.ts';
import { at, DE, guard, RU } from '../testing/guard.ts';

describe('a policy that is only tried out', () => {
  test('counts once a request and writes one line a second for a source', () => {
    const { gate, clock, log, admits } = guard({ domains: { office: { mode: 'russia', enforce: false } }, burst: 9 });
    for (let i = 0; i < 3; i++) {
      expect(admits(DE)).toBe(true);
      expect(gate.receive(at(DE), 'office', false)).toBe('welcome');
      expect(gate.admitsDevice(DE, 'office', { mode: 'any' })).toBe(true);
    }
    expect(gate.counters).toMatchObject({ wouldRefuse: 3, fenced: 0 });
    expect(log.events).toEqual(['access.would-refuse']);
    expect(log.lines[0]).toMatchObject({
      level: 'info',
      fields: { address: DE, policy: 'domain', rule: 'other-country', country: 'DE' },
    });
    gate.receive(at(RU), 'office', false);
    clock.advance(1_000);
    gate.receive(at(DE), 'office', false);
    expect(log.events).toHaveLength(2);
    expect(gate.counters.wouldRefuse).toBe(4);
  });

  test('counts a request once, however many policies would have refused it', () => {
    const policy: Policy = { mode: 'russia', enforce: false };
    const { gate, log } = guard({ machine: policy, domains: { office: policy } });
    expect(gate.receive(at(DE), 'office', false)).toBe('welcome');
    expect(gate.admitsDevice(DE, 'office', policy)).toBe(true);
    expect(gate.counters.wouldRefuse).toBe(1);
    expect(log.lines.map(({ fields }) => fields.policy)).toEqual(['machine']);
  });

  test('of a device alone counts too', () => {
    const { gate, log } = guard();
    expect(gate.admitsDevice(DE, 'office', { mode: 'russia', enforce: false })).toBe(true);
    expect(gate.counters.wouldRefuse).toBe(1);
    expect(log.lines[0]?.fields).toMatchObject({ policy: 'device' });
    expect(gate.admitsDevice(DE, 'office', { mode: 'russia' })).toBe(false);
    expect(gate.counters.wouldRefuse).toBe(1);
  });
});
