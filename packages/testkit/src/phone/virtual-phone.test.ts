import { expect, test } from 'vitest';
import { Actor } from '../actor.ts';
import { ScenarioError, Stage } from '../stage.ts';
import { readSdp } from './sdp-text.ts';

const ALICE = { address: '192.0.2.10', port: 5060 };
const BOB = { address: '192.0.2.20', port: 5060 };

/** Two phones that know each other as their servers. */
async function twoPhones() {
  const stage = new Stage();
  const common = { domain: 'acme.example', password: 'secret' };
  const alice = await stage.phone({
    ...common,
    name: 'alice',
    login: 'alice',
    number: '201',
    local: ALICE,
    server: BOB,
  });
  const bob = await stage.phone({ ...common, name: 'bob', login: 'bob', number: '202', local: BOB, server: ALICE });
  return { stage, alice: new Actor(alice, stage), bob: new Actor(bob, stage) };
}

test('a call from dialling to hanging up', async () => {
  const { alice, bob } = await twoPhones();
  alice.invites(bob);
  bob.rings();
  alice.hears(180);
  bob.answers();
  alice.hears('200 INVITE');
  bob.expects('ACK');
  bob.sends('INFO', { body: 'hello' });
  expect(alice.expects('INFO').body.toString()).toBe('hello');
  bob.hears('200 INFO');
  bob.hangsUp();
  alice.expects('BYE');
  bob.hears('200 BYE');
  alice.hearsNothing();
  bob.hearsNothing();
  expect([alice.call.ended, bob.call.ended]).toEqual([true, true]);
});

test('the answer crosses the CANCEL, and the phone that cancelled says so', async () => {
  const { stage, alice, bob } = await twoPhones();
  alice.invites(bob);
  bob.rings();
  alice.hears(180);
  bob.answers({ delayed: 30 });
  alice.cancels();
  bob.expects('CANCEL');
  alice.hears('200 CANCEL');
  stage.passes(30);
  alice.hears('200 INVITE');
  bob.expects('ACK');
});

test('a CANCEL in time gets 200 and the INVITE 487, with its ACK under the same branch', async () => {
  const { stage, alice, bob } = await twoPhones();
  alice.invites(bob);
  bob.rings();
  alice.hears(180);
  alice.cancels();
  alice.hears('200 CANCEL', '487 INVITE');
  bob.expects('CANCEL', 'ACK');
  const branches = stage.network.wire.map(({ octets }) => /branch=([^;\r]+)/.exec(octets.toString())?.[1]);
  expect(new Set(branches).size).toBe(1);
});

test('hold, resume, and an offer asked for', async () => {
  const { alice, bob } = await twoPhones();
  alice.invites(bob);
  bob.answers();
  alice.hears(200);
  bob.expects('ACK');
  bob.holds();
  alice.answers();
  bob.hears(200);
  alice.expects('ACK');
  expect(readSdp(alice.call.localSdp ?? '')).toMatchObject({ direction: 'recvonly' });
  expect(readSdp(bob.call.localSdp ?? '')).toMatchObject({ direction: 'sendonly', origin: { version: '2' } });
  alice.reinvites({ sdp: null });
  bob.answers();
  alice.hears(200);
  expect(bob.expects('ACK').body.toString()).toMatch(/^v=0/);
});

test('a phone that waits for its ACK repeats its answer; a phone without manners is silent', async () => {
  const { alice, bob } = await twoPhones();
  alice.manners.acknowledges = false;
  alice.invites(bob);
  bob.answers();
  alice.hears(200);
  bob.repeats();
  bob.hearsNothing();
  expect(alice.heardAgain('200 INVITE')).toBe(1);
  alice.manners.acknowledges = true;
  bob.repeats();
  bob.expects('ACK');
  alice.acknowledges();
  expect(bob.heardAgain('ACK')).toBe(1);
});

test('what a scenario did not expect is told with the ladder', async () => {
  const { alice, bob } = await twoPhones();
  alice.invites(bob);
  bob.refuses(486);
  expect(() => alice.hears(180)).toThrow(
    /alice was to hear 180, and got 486 INVITE\n\n +0 ms {2}alice -> bob {2}INVITE\n +0 ms {2}bob -> alice {2}486 INVITE/,
  );
  expect(() => alice.hears(180)).toThrow(ScenarioError);
  expect(() => bob.hearsNothing()).toThrow(/got ACK/);
});
