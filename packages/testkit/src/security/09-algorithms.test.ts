import { expect } from 'vitest';
import { labelOf } from '../phone/inbox.ts';
import { scenario } from '../scenario.ts';
import { challengingWith, type World } from '../world.ts';
import { BarePhone, letNobodyUse } from './accounts.ts';
import { challengesIn } from './credentials.ts';
import { Stranger } from './stranger.ts';

async function nobodysPhone(world: World): Promise<{ phone: BarePhone; leaves: () => Promise<void> }> {
  const stranger = await Stranger.overUdp(world);
  return { phone: new BarePhone(world, stranger, 'nobody'), leaves: () => stranger.leaves() };
}

scenario(
  'security 9: challenges stand strongest first, one for each algorithm, in 401 and in 407',
  { ends: [], cast: [], settings: challengingWith('both') },
  async ({ world }) => {
    const { phone, leaves } = await nobodysPhone(world);
    for (const answer of [await phone.registers(), await phone.invites('202')]) {
      expect(challengesIn(answer).map(({ algorithm }) => algorithm)).toEqual(['SHA-256', 'MD5']);
    }
    await leaves();
  },
);

scenario(
  'security 9: an account marked SHA-256 only is not asked for MD5, and refuses it with the right password',
  { ends: [], cast: [], settings: challengingWith('both') },
  async ({ world }) => {
    await letNobodyUse(world, 'sha256');
    const { phone, leaves } = await nobodysPhone(world);
    const asked = challengesIn(await phone.registers());
    expect(asked.map(({ algorithm }) => algorithm)).toEqual(['SHA-256']);
    const nonce = asked[0]?.nonce ?? '';
    const refused = await phone.registers({ nonce, algorithm: 'MD5' });
    expect(labelOf(refused)).toBe('401 REGISTER');
    expect(challengesIn(refused).map(({ algorithm }) => algorithm)).toEqual(['SHA-256']);
    expect(labelOf(await phone.invites('202', { nonce, algorithm: 'MD5', count: 2 }))).toBe('407 INVITE');
    expect(world.switch?.registrar.size).toBe(0);
    expect(labelOf(await phone.registers({ nonce, algorithm: 'SHA-256', count: 3 }))).toBe('200 REGISTER');
    await leaves();
  },
);

scenario(
  'security 9: a phone that calls its MD5 digest SHA-256 is refused',
  { ends: [], cast: [], settings: challengingWith('both') },
  async ({ world }) => {
    const { phone, leaves } = await nobodysPhone(world);
    const nonce = await phone.nonce();
    const good = await phone.registers({ nonce, algorithm: 'MD5', count: 9, password: 'Other1234' });
    expect(labelOf(good)).toBe('401 REGISTER');
    const disguised = await phone.repeats(
      phone.sent.replace('algorithm=MD5', 'algorithm=SHA-256').replace('z9hG4bK', 'z9hG4bKother'),
    );
    expect(labelOf(disguised)).toBe('401 REGISTER');
    expect(world.switch?.registrar.size).toBe(0);
    await leaves();
  },
);

for (const digest of ['both', 'md5'] as const) {
  scenario(
    `security 9: a phone that knows MD5 alone registers and calls where ${digest} is asked for`,
    { ends: 'callee-busy', cast: ['bob'], settings: challengingWith(digest) },
    async ({ world, bob }) => {
      const { phone, leaves } = await nobodysPhone(world);
      const nonce = await phone.nonce();
      expect(labelOf(await phone.registers({ nonce, algorithm: 'MD5' }))).toBe('200 REGISTER');
      const asked = phone.invites('202', { nonce, algorithm: 'MD5', count: 2 });
      bob.refuses(486);
      bob.expects('ACK');
      expect(labelOf(await asked)).toBe('486 INVITE');
      await leaves();
    },
  );
}

scenario(
  'security 9: one account may stay with MD5 where the others are asked for SHA-256 alone',
  { ends: [], cast: [], settings: challengingWith('sha256') },
  async ({ world }) => {
    await letNobodyUse(world, 'md5');
    const { phone, leaves } = await nobodysPhone(world);
    const nonce = await phone.nonce();
    expect(labelOf(await phone.registers({ nonce, algorithm: 'MD5' }))).toBe('200 REGISTER');
    const other = await Stranger.overUdp(world, { address: '203.0.113.67', port: 5066 });
    const alice = new BarePhone(world, other, 'alice');
    const asked = await alice.nonce();
    expect(labelOf(await alice.registers({ nonce: asked, algorithm: 'MD5' }))).toBe('401 REGISTER');
    await leaves();
    await other.leaves();
  },
);
