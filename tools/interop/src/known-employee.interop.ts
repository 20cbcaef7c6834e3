import { describe, expect } from 'vitest';
import { eventually } from './deadline.ts';
import { type Account, pbxFile } from './office.ts';
import { ownAddress } from './own-address.ts';
import { freePorts } from './ports.ts';
import { scenario } from './scenario.ts';
import type { Scene } from './scene.ts';
import { Sipp, type SippOptions, sippRegister } from './sipp.ts';
import { type PastCall, Switch } from './switch.ts';

const NUMBER = '+74951234567';
const OUTSIDE = ownAddress(64);
const EMPLOYEES: readonly Account[] = Array.from({ length: 10 }, (_, i) => {
  return { extension: String(201 + i), name: `Employee ${i}`, login: `employee${i}`, password: 'Vf5kNm7Z' };
});
const CALLERS = Array.from({ length: 100 }, (_, i) => `+7916000${String(1000 + i)}`);

interface Stage {
  readonly vats: Switch;
  /** One SIPp that is all employees' phones. */
  readonly phones: Sipp;
  /** Rings from outside, each call as another number, and waits for the end of all. */
  readonly ring: (options: Partial<SippOptions> & { readonly numbers: readonly string[] }) => Promise<void>;
  /** The same, without waiting. */
  readonly begin: (options: Partial<SippOptions> & { readonly numbers: readonly string[] }) => Promise<Sipp>;
}

/** A group of ten whose strategy is the die, behind a number that a PBX known by its address calls. */
async function stage(scene: Scene): Promise<Stage> {
  const port = await freePorts(1, OUTSIDE);
  const vats = await Switch.start(scene, {
    pbx: pbxFile({
      accounts: EMPLOYEES,
      more: {
        trunks: [{ name: 'outside', proxy: `sip:${OUTSIDE}:${port}`, allow: [OUTSIDE] }],
        numbers: [{ number: NUMBER, to: '600' }],
        groups: [
          {
            extension: '600',
            name: 'Sales',
            members: EMPLOYEES.map(({ extension }) => extension),
            strategy: 'random',
            ring: '10s',
            knownEmployee: { window: '1h', ring: '10s' },
          },
        ],
      },
    }),
    settings: { log: { level: 'warn', format: 'json' } },
  });
  const seat = { address: '127.0.0.1', port: await freePorts() };
  await sippRegister(scene, { users: EMPLOYEES, target: vats.sip, local: seat });
  const phones = await Sipp.start(scene, { scenario: 'callee', target: vats.sip, local: seat });
  const begin: Stage['begin'] = async (options) => {
    const local = { address: OUTSIDE, port: await freePorts(1, OUTSIDE) };
    const calls = options.numbers.length;
    const plain = { scenario: 'outside-caller', target: vats.sip, local, dials: NUMBER, calls } as const;
    return await Sipp.start(scene, { ...plain, ...options });
  };
  const ring: Stage['ring'] = async (options) => {
    const result = await (await begin(options)).finished(60_000);
    const successful = options.numbers.length;
    expect({ ...result, errors: result.errors.slice(0, 5) }).toMatchObject({
      code: 0,
      successful,
      failed: 0,
      unexpected: 0,
    });
  };
  return { vats, phones, ring, begin };
}

/** Who answered each caller, in the order of their calls: extensions. */
function reached(calls: readonly PastCall[]): ReadonlyMap<string, readonly string[]> {
  const all = new Map<string, string[]>();
  for (const { from, answeredBy } of calls) {
    const extensions = all.get(from.number) ?? [];
    all.set(from.number, [...extensions, answeredBy?.extension ?? 'nobody']);
  }
  return all;
}

/** The same as the phones tell it: whose Contact was called, and which number was shown. */
function rungAt(phones: Sipp): ReadonlyMap<string, readonly string[]> {
  const all = new Map<string, string[]>();
  for (const { user, caller } of phones.rung()) {
    const extension = EMPLOYEES.find(({ login }) => login === user)?.extension ?? user;
    all.set(caller, [...(all.get(caller) ?? []), extension]);
  }
  return all;
}

describe('the known employee', () => {
  scenario(
    'each of 100 callers who ring again reaches whom they spoke with; when that one is busy, the strategy decides',
    { needs: ['sipp'], seconds: 150 },
    async (scene) => {
      const { vats, phones, ring, begin } = await stage(scene);
      // Five at once the first time, so that many employees have spoken and one is always free; one by one the second time, so
      // that each is free.
      await ring({ numbers: CALLERS, rate: 20, atOnce: 5, hold: 200 });
      await ring({ numbers: CALLERS, rate: 50, atOnce: 1, hold: 10 });
      const calls = await vats.history('--group', '600');
      expect(calls).toHaveLength(200);
      expect(calls.every(({ result, did }) => result === 'answered' && did === NUMBER)).toBe(true);
      const spoke = reached(calls);
      expect([...spoke.keys()].sort()).toEqual(CALLERS);
      for (const [caller, [first, second, ...more]] of spoke) {
        expect(first, caller).toMatch(/^2\d\d$/);
        expect(second, `${caller} spoke with ${first}`).toBe(first);
        expect(more).toEqual([]);
      }
      expect(new Set([...spoke.values()].map(([first]) => first)).size, 'employees who spoke').toBeGreaterThan(5);
      // Each call rang one phone: the one that answered.
      expect(rungAt(phones)).toEqual(spoke);

      // The one whom most know is on the phone: their callers reach others.
      const known = (extension: string) => CALLERS.filter((caller) => spoke.get(caller)?.[0] === extension);
      const [busy] = EMPLOYEES.toSorted((a, b) => known(b.extension).length - known(a.extension).length);
      if (busy === undefined) throw new Error('nobody works here');
      const theirs = known(busy.extension);
      expect(theirs.length).toBeGreaterThan(5);
      const talking = await begin({ numbers: ['+79169999999'], dials: busy.extension, hold: 8_000 });
      await eventually('employee on the phone', () => phones.rung().length === 201);
      await ring({ numbers: theirs, rate: 50, atOnce: 1, hold: 10 });
      const again = reached((await vats.history('--group', '600')).slice(200));
      expect([...again.keys()].sort()).toEqual(theirs);
      expect([...again.values()].flat()).not.toContain(busy.extension);
      expect(new Set([...again.values()].flat()).size, 'employees whom the strategy chose').toBeGreaterThan(1);
      for (const caller of theirs) expect(rungAt(phones).get(caller)?.slice(2)).toEqual(again.get(caller));
      expect(talking.result().code, 'the one who was busy is still on the phone').toBeUndefined();
      expect((await talking.finished(20_000)).code).toBe(0);
      expect((await phones.stop()).failed).toBe(0);
      await vats.idle();
    },
  );
});
