import type { SipMessage } from '@vats/sip';
import { describe, expect } from 'vitest';
import { labelOf } from '../phone/inbox.ts';
import { scenario } from '../scenario.ts';
import { AFTERMATH_MS, type World } from '../world.ts';
import { BarePhone, REALM } from './accounts.ts';
import { challengeIn } from './credentials.ts';
import { Stranger } from './stranger.ts';

/** A nonce is good for five minutes. */
const LIFETIME_MS = 300_000;
const DAY_MS = 86_400_000;

async function phoneAt(world: World, address: string): Promise<{ phone: BarePhone; leaves: () => Promise<void> }> {
  const stranger = await Stranger.overUdp(world, { address, port: 5066 });
  return { phone: new BarePhone(world, stranger), leaves: () => stranger.leaves() };
}

function isRefused(answer: SipMessage, stale: boolean): void {
  expect(labelOf(answer)).toMatch(/^(401 REGISTER|407 INVITE)$/);
  expect(challengeIn(answer).stale).toBe(stale);
}

function nobodyIsIn({ switch: vats, registrations, events }: World): void {
  expect([vats?.registrar.size, registrations.length, events.length]).toEqual([0, 0, 0]);
}

describe('the life of a nonce', () => {
  scenario(
    'security 8: an expired nonce is told stale=true, and the new one that comes with it is good',
    { ends: [], cast: [] },
    async ({ world }) => {
      const { phone, leaves } = await phoneAt(world, '203.0.113.66');
      const nonce = await phone.nonce();
      world.passes(LIFETIME_MS + 1);
      const answer = await phone.registers({ nonce });
      isRefused(answer, true);
      nobodyIsIn(world);
      expect(challengeIn(answer).nonce).not.toBe(nonce);
      expect(labelOf(await phone.registers({ nonce: challengeIn(answer).nonce }))).toBe('200 REGISTER');
      expect(world.switch?.authenticator.failures).toBe(0);
      await leaves();
    },
  );

  scenario('security 8: to its last millisecond a nonce is good', { ends: [], cast: [] }, async ({ world }) => {
    const { phone, leaves } = await phoneAt(world, '203.0.113.66');
    const nonce = await phone.nonce();
    world.passes(LIFETIME_MS);
    expect(labelOf(await phone.registers({ nonce }))).toBe('200 REGISTER');
    await leaves();
  });

  for (const step of [DAY_MS, -DAY_MS]) {
    scenario(
      `security 8: a step of the wall clock by ${step / DAY_MS} days neither ages a nonce nor keeps it young`,
      { ends: [], cast: [] },
      async ({ world }) => {
        const { phone, leaves } = await phoneAt(world, '203.0.113.66');
        const nonce = await phone.nonce();
        world.stage.clock.stepWall(step);
        expect(labelOf(await phone.registers({ nonce }))).toBe('200 REGISTER');
        const old = await phone.nonce();
        world.stage.clock.stepWall(-step);
        world.passes(LIFETIME_MS + 1);
        isRefused(await phone.registers({ nonce: old }), true);
        await leaves();
      },
    );
  }
});

describe('a nonce that was used', () => {
  scenario(
    'security 8: a reused nc is rejected: a REGISTER that was overheard has no effect',
    { ends: [], cast: [] },
    async ({ world }) => {
      const { phone, leaves } = await phoneAt(world, '203.0.113.66');
      const nonce = await phone.nonce();
      await phone.registers({ nonce });
      expect(world.registrations).toHaveLength(1);
      const [registered] = world.registrations;
      const overheard = phone.sent;
      world.passes(AFTERMATH_MS); // before that it is refused as a merged request
      isRefused(await phone.repeats(overheard), true);
      isRefused(await phone.repeats(overheard.replace('Call-ID: ', 'Call-ID: 2')), true);
      isRefused(await phone.registers({ nonce, count: 1 }), true);
      expect(world.registrations).toEqual([registered]);
      expect(labelOf(await phone.registers({ nonce, count: 2 }))).toBe('200 REGISTER');
      await leaves();
    },
  );

  scenario(
    'security 8: a reused nc is rejected: a call that was overheard is not made again',
    { ends: ['callee-busy'], cast: ['bob'] },
    async ({ world, bob }) => {
      const { phone, leaves } = await phoneAt(world, '203.0.113.66');
      const { nonce } = challengeIn(await phone.invites('202'));
      const asked = phone.invites('202', { nonce });
      bob.refuses(486);
      bob.expects('ACK');
      expect(labelOf(await asked)).toBe('486 INVITE');
      const again = phone.sent.replace('branch=z9hG4bK', 'branch=z9hG4bKagain').replace('Call-ID: ', 'Call-ID: 2');
      isRefused(await phone.repeats(again), true);
      bob.hearsNothing();
      await leaves();
    },
  );

  scenario(
    'security 8: counters may overtake each other, each is good once, and old ones are not',
    { ends: [], cast: [] },
    async ({ world }) => {
      const { phone, leaves } = await phoneAt(world, '203.0.113.66');
      const nonce = await phone.nonce();
      for (const count of [3, 2, 200]) {
        expect(labelOf(await phone.registers({ nonce, count })), `nc ${count}`).toBe('200 REGISTER');
      }
      for (const count of [3, 2, 200, 100]) isRefused(await phone.registers({ nonce, count }), true);
      await leaves();
    },
  );
});

describe('credentials for something else', () => {
  scenario(
    'security 8: a uri that is not the Request-URI is rejected, and counted as a failure',
    { ends: [], cast: ['bob'] },
    async ({ world, bob }) => {
      const { phone, leaves } = await phoneAt(world, '203.0.113.66');
      const uris = [`sip:203@${REALM}`, `sip:202@other.example`, `sip:202@${REALM}:5090`, 'tel:202', 'nonsense'];
      for (const uri of uris) {
        const { nonce } = challengeIn(await phone.invites('202'));
        isRefused(await phone.invites('202', { nonce, uri }), false);
      }
      expect(world.switch?.authenticator.failures).toBe(uris.length);
      expect(world.events).toEqual([]);
      bob.hearsNothing();
      await leaves();
    },
  );

  scenario(
    'security 8: a digest made for REGISTER makes no call',
    { ends: [], cast: ['bob'] },
    async ({ world, bob }) => {
      const { phone, leaves } = await phoneAt(world, '203.0.113.66');
      const { nonce } = challengeIn(await phone.invites('202'));
      isRefused(await phone.invites('202', { nonce, method: 'REGISTER' }), false);
      bob.hearsNothing();
      await leaves();
    },
  );
});

describe('a nonce that is not ours', () => {
  scenario('security 8: an invented or changed nonce is rejected', { ends: [], cast: [] }, async ({ world }) => {
    const { phone, leaves } = await phoneAt(world, '203.0.113.66');
    const nonce = await phone.nonce();
    const [time, mac] = [nonce.slice(0, 12), nonce.slice(12)];
    const younger = `${(Number.parseInt(time, 36) + 1).toString(36).padStart(12, '0')}${mac}`;
    const forged = `${time}${mac.replace(/.$/, (last) => (last === '0' ? '1' : '0'))}`;
    for (const invented of ['', 'nonce', '0'.repeat(nonce.length), younger, forged, `${nonce}0`, nonce.toUpperCase()]) {
      isRefused(await phone.registers({ nonce: invented }), true);
    }
    nobodyIsIn(world);
    expect(labelOf(await phone.registers({ nonce }))).toBe('200 REGISTER');
    await leaves();
  });

  scenario(
    'security 8: a nonce that another address was given is rejected, and stays good for that one',
    { ends: [], cast: [] },
    async ({ world }) => {
      const one = await phoneAt(world, '203.0.113.66');
      const other = await phoneAt(world, '203.0.113.67');
      const nonce = await one.phone.nonce();
      isRefused(await other.phone.registers({ nonce }), true);
      nobodyIsIn(world);
      expect(labelOf(await one.phone.registers({ nonce }))).toBe('200 REGISTER');
      await one.leaves();
      await other.leaves();
    },
  );

  scenario(
    'security 8: a nonce of an earlier run is rejected, and the phone told to ask nobody',
    { ends: [], cast: [] },
    async ({ world }) => {
      const { phone, leaves } = await phoneAt(world, '203.0.113.66');
      const nonce = await phone.nonce();
      await world.stop();
      await world.start();
      isRefused(await phone.registers({ nonce }), true);
      nobodyIsIn(world);
      await leaves();
    },
  );
});
