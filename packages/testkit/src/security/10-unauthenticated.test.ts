import { describe, expect } from 'vitest';
import { PHONES } from '../cast.ts';
import { scenario } from '../scenario.ts';
import { end, talk } from '../scenarios/acts.ts';
import { AFTERMATH_MS } from '../world.ts';
import { rawRequest, Stranger } from './stranger.ts';

const METHODS = ['MESSAGE', 'SUBSCRIBE', 'NOTIFY', 'PUBLISH', 'REFER', 'INFO', 'UPDATE', 'PRACK', 'BYE', 'FOO'];
const ANSWERS = [401, 403, 407, 481, 405, 489, 501];

const HEADERS = [
  'Contact: <sip:mallory@203.0.113.66:5066>',
  'Event: presence',
  'Expires: 3600',
  'Refer-To: <sip:203@acme.example>',
  'Content-Type: text/plain',
];

/** From whom it claims to be, and whether it claims to belong to a dialog. */
const GUISES = [
  ['a stranger', '<sip:mallory@evil.example>;tag=m1', ''],
  ['an account of ours', '<sip:alice@acme.example>;tag=m1', ''],
  ['an invented dialog', '<sip:alice@acme.example>;tag=m1', ';tag=guess'],
] as const;

describe.each(['UDP', 'TCP'] as const)('without credentials, over %s', (transport) => {
  for (const method of METHODS) {
    scenario(
      `security 10: ${method} out of dialog is refused and has no effect, over ${transport}`,
      { ends: [], cast: ['bob'] },
      async ({ bob, world }) => {
        world.passes(AFTERMATH_MS); // Bob's REGISTER is forgotten
        const { connections } = world.ledger.counts();
        const mallory = transport === 'UDP' ? await Stranger.overUdp(world) : Stranger.overTcp(world);
        for (const [guise, from, tag] of GUISES) {
          for (const uri of ['sip:acme.example', 'sip:202@acme.example', 'sip:bob@192.0.2.20:5060']) {
            const to = `<${uri}>${tag}`;
            mallory.says(rawRequest({ method, uri, from, to, transport, lines: HEADERS, body: 'hello' }));
            const [answer = '', ...more] = mallory.hears();
            expect(ANSWERS, `${guise}, ${uri}`).toContain(Number.parseInt(answer, 10));
            expect(more).toEqual([]);
            expect(world.leftovers()).toEqual([]);
          }
        }
        await mallory.leaves();
        world.passes(AFTERMATH_MS);
        expect([world.leftovers(), world.ledger.counts().connections]).toEqual([[], connections]);
        expect([world.events, world.registrations.length, world.switch?.registrar.size]).toEqual([[], 1, 1]);
        bob.hearsNothing();
        expect(world.network.sent(({ to }) => to.address === PHONES.bob.local.address)).toEqual([]);
      },
    );
  }
});

scenario(
  'security 10: nor do they in a call of others whose Call-ID is known',
  { ends: 'caller-hung-up' },
  async ({ alice, bob, world }) => {
    talk(alice, bob);
    const mallory = await Stranger.overUdp(world);
    for (const method of ['INFO', 'MESSAGE', 'REFER', 'BYE', 'UPDATE', 'NOTIFY', 'INVITE']) {
      for (const { callId } of [alice.call, bob.call]) {
        const to = '<sip:202@acme.example>;tag=guess';
        mallory.says(rawRequest({ method, to, callId, lines: HEADERS, body: 'hello' }));
        expect([...ANSWERS]).toContain(Number.parseInt(mallory.hears()[0] ?? '', 10));
      }
    }
    await mallory.leaves();
    alice.hearsNothing();
    bob.hearsNothing();
    end(alice, bob);
  },
);
