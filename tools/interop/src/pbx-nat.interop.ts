import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { eventually } from './deadline.ts';
import { expectTone } from './judge.ts';
import { homeNetwork, NAT_MEMORY_SECONDS } from './netns.ts';
import { PBX_NEEDS, PbxAtUs } from './pbx-at-us.ts';
import { BORIS, GROUP, PBX, pbxFileFor } from './pbx-at-us-file.ts';
import { over, reaches } from './pbx-scenarios.ts';
import { scenario } from './scenario.ts';
import type { Registration } from './switch.ts';
import { TONE } from './two-phones.ts';

const NEEDS = [...PBX_NEEDS, 'ip', 'nft', 'socat'];
/** Between two OPTIONS of ours to one that is behind a NAT. */
const PING_SECONDS = 25;

/** Waits until the PBX's registration is so, and gives it. */
async function pbxIs(
  set: PbxAtUs,
  what: string,
  wanted: (row: Registration) => boolean,
  seconds: number,
): Promise<Registration> {
  return await eventually(
    `PBX ${what}`,
    async () => {
      const row = (await set.vats.registrations()).find(({ login }) => login === PBX.login);
      if (row === undefined || !wanted(row)) throw new Error(JSON.stringify(row));
      return row;
    },
    { milliseconds: seconds * 1_000, every: 100 },
  );
}

// Each in a network of its own, so that both wait at the same time.
describe.concurrent.each(['freepbx-chan_sip', 'freepbx-pjsip'] as const)(
  'a PBX behind a masquerading router, %s',
  (recipe) => {
    scenario(
      `is asked by OPTIONS; silent, it is passed over at once; heard again, it is called (${recipe})`,
      { needs: NEEDS, seconds: 180 },
      async (scene) => {
        const net = await homeNetwork(scene);
        const set = await PbxAtUs.start(scene, recipe, pbxFileFor({ second: BORIS }), net);
        await set.registered();
        const [anna, boris] = await Promise.all([set.phone(), set.phone(BORIS, TONE.boris)]);

        // The first of our OPTIONS falls somewhere into the first 25 s.
        const before = await pbxIs(set, 'that answered', ({ roundTrip }) => roundTrip !== undefined, PING_SECONDS + 2);
        expect(before).toMatchObject({ reachable: true, behindNat: true });
        expect(before.contact).toContain(`@${net.homePhoneAddress}:${set.asterisk.sip.port}`);
        expect(before.source).toMatch(new RegExp(`^${net.natAddress}:`));
        expect(await set.vats.command('registrations')).toMatch(/^user11 .* yes /m);

        set.asterisk.signal('SIGSTOP');
        const silent = await pbxIs(set, 'that is silent', ({ reachable }) => !reachable, 3 * PING_SECONDS + 5);
        expect(silent.reason).toBe('ping-unanswered');
        expect(await set.vats.command('registrations')).toMatch(/^user11 .* no: ping-unanswered /m);
        // Nothing is waited for: its extension is out of reach, and of two that ring in turn the other one rings.
        await anna.dial(PBX.extension);
        expect((await anna.event('CALL_CLOSED', 1_000)).param).toMatch(/^480 /);
        await anna.dial(GROUP);
        await boris.event('CALL_INCOMING', 1_000);
        await over(set, anna);
        await boris.event('CALL_CLOSED');

        // The router would have forgotten it: our OPTIONS alone kept its way open.
        set.asterisk.signal('SIGCONT');
        const after = await pbxIs(set, 'that is back', ({ reachable }) => reachable, 5);
        expect(after.source).toBe(before.source);
        await reaches(set, anna, PBX.extension, PBX.extension);
        await wait(2_000);
        await over(set, anna);
        await expectTone(anna.heard().at(-1) as string, PBX.tone, { from: 0.4, length: 1 });
        await expectTone(set.heard, TONE.anna, { from: 0.4, length: 1 });
        expect(set.vats.logged('phone.unreachable')).toMatchObject([{ login: PBX.login, reason: 'ping-unanswered' }]);
        expect(set.vats.logged('phone.reachable')).toMatchObject([{ login: PBX.login }]);

        await Promise.all([anna.stop(), boris.stop()]);
        await set.vats.idle();
        await set.asterisk.stop();
        await set.wire.stop();
        await expectPings(set, net.natAddress);
        expect(await set.wire.rows(`ip.dst == ${net.homePhoneAddress}`, ['frame.number'])).toEqual([]);
      },
    );
  },
);

/** Our OPTIONS went to where the PBX was seen, 25 s apart, and long enough that the router would have forgotten it. */
async function expectPings(set: PbxAtUs, natAddress: string): Promise<void> {
  const fields = ['sip.Call-ID', 'frame.time_relative'];
  const rows = await set.wire.rows(`sip.Method == "OPTIONS" && ip.dst == ${natAddress}`, fields);
  // Of one that is repeated, the first counts.
  const times = [...new Map([...rows].reverse().map(([call, at]) => [call, Number(at)])).values()].reverse();
  const apart = times.slice(1).map((at, i) => at - (times[i] as number));
  expect(apart.length).toBeGreaterThanOrEqual(3);
  for (const seconds of apart) expect(Math.abs(seconds - PING_SECONDS)).toBeLessThan(1);
  expect(apart.length * PING_SECONDS).toBeGreaterThan(2 * NAT_MEMORY_SECONDS);
}
