import { SeededRandom } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { weCalled } from './testing/calls.ts';
import { EXTENDED, TIMED } from './testing/extended.ts';
import { Recorder } from './testing/recorder.ts';
import type { OutgoingInvite } from './user.ts';

const MESSAGES = 3_000;

/** Values that some reader somewhere has choked on. */
const NASTY = [
  '',
  '*',
  '0',
  '4294967295 INVITE',
  '4294967296 INFO',
  '-1 BYE',
  '<sip:a@b>;tag=',
  '<tel:+7495>',
  '<sip:a@b?Route=%3Csip:c%3E>',
  '<sip:[::1]:1;transport=tcp;lr>',
  '"\\"',
  'application/sdp;boundary=',
  'multipart/mixed;boundary=b',
  'a'.repeat(5_000),
  '\xff\xfe\x00',
];

test.each([
  ['', {}],
  [', with its extensions spoken', { ...EXTENDED, sessionTimer: TIMED }],
])('whatever a peer sends in its dialog%s, nothing throws and nothing is left', async (_, layer) => {
  const call = await weCalled(layer);
  const { at, session } = call;
  const { clock, phone, net } = at;
  const random = new SeededRandom(7);
  const below = (bound: number) => random.below(bound);
  const pick = <T>(among: readonly T[]): T => among[below(among.length)]!;
  const users = [call.user];
  const invites: OutgoingInvite[] = [];
  const fresh = () => {
    const user = new Recorder();
    users.push(user);
    return user;
  };
  at.dialogs.outOfDialog = (request, flow) => {
    const user = fresh();
    if (request.method !== 'INVITE') return;
    user.incoming = at.dialogs.incomingInvite(request, flow, user);
    if (below(2) === 0) user.session = user.incoming.accept({ sdp: 'ours' });
    else user.incoming.progress(180, { sdp: 'early' });
  };
  // What a peer may know: everything that it was sent, and everything that it has said itself.
  const known = (): Buffer => {
    const own = net.wire.filter(({ from }) => from.address === phone.endpoint.address);
    const sdp = below(2) === 0 ? { sdp: 'x' } : {};
    const act = below(4);
    if (act === 0) return pick(own).octets;
    if (act === 1)
      phone.send(pick(['INVITE', 'ACK', 'INFO', 'OPTIONS', 'CANCEL', 'BYE', 'UPDATE', 'PRACK', 'NOTIFY']), sdp);
    if (act === 2) phone.invite({ callId: `call ${below(50)}`, ...sdp });
    if (act === 3) {
      const requests = phone.received.filter((each) => each.kind === 'request');
      const request = requests.at(-1 - below(Math.max(1, Math.min(requests.length, 20))));
      if (request?.kind === 'request') {
        phone.respond(request, pick([100, 180, 183, 200, 200, 202, 302, 401, 481, 487, 491, 500]), {
          tag: pick(['b1', 'b2']),
          ...sdp,
        });
      }
    }
    return pick(net.wire.slice(-3)).octets;
  };
  const spoil = (octets: Buffer): Buffer => {
    const lines = octets.toString('latin1').split('\r\n');
    const line = below(lines.length);
    const name = lines[line]!.split(':')[0];
    const act = below(6);
    if (act === 0) lines.splice(line, 1);
    else if (act === 1) lines.splice(line, 0, lines[line]!);
    else if (act <= 3) lines[line] = `${name}: ${pick(NASTY)}`;
    const spoilt = Buffer.from(lines.join('\r\n'), 'latin1');
    if (act === 4 && spoilt.length > 0) spoilt[below(spoilt.length)] = below(256);
    return spoilt;
  };
  for (let sent = 0; sent < MESSAGES; sent++) {
    const octets = known();
    phone.sendOctets(below(3) === 0 ? octets : spoil(octets));
    const user = pick(users);
    const act = below(12);
    if (act === 0) invites.push(at.call(fresh(), below(2) === 0 ? {} : { sdp: 'offer' }));
    if (act === 1) user.session?.reinvite(below(2) === 0 ? {} : { sdp: 'more' }, user);
    if (act === 2) user.session?.acknowledge('answer');
    if (act === 3) user.session?.request('INFO', {}, { onResponse: () => {}, onFailure: () => {} });
    if (act === 4) user.reinvite?.answer({ sdp: 'answer' });
    if (act === 5) user.respond?.(200);
    if (act === 6 && below(20) === 0) user.session?.bye();
    clock.advance(below(300));
  }
  for (const user of users) {
    user.session?.bye();
    user.incoming?.reject(480);
  }
  for (const invite of invites) invite.cancel();
  clock.advance(600_000);
  expect(session.ended).toBe(true);
  expect(users.filter(({ events }) => events.includes('answer')).length).toBeGreaterThan(20);
  expect(users.filter(({ events }) => events.some((event) => event.startsWith('reinvite '))).length).toBeGreaterThan(2);
  expect(at.leftovers()).toEqual([]);
});
