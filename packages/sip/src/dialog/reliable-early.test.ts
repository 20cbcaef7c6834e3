import { describe, expect, test } from 'vitest';
import { ALLOWS, inviting } from './testing/extended.ts';

type Calling = Awaited<ReturnType<typeof inviting>>;

/** The phone's 1xx, reliable by this number. */
function says(
  { phone, clock, received }: Calling,
  status: number,
  rseq: number,
  parts: { tag?: string; sdp?: string } = {},
) {
  const { tag = 'b1', sdp } = parts;
  const headers = [['Require', '100rel'], ['RSeq', `${rseq}`], ALLOWS] as const;
  phone.respond(received, status, { tag, headers, ...(sdp !== undefined && { sdp }) });
  clock.advance(50);
}

function answers({ phone, clock, received }: Calling, parts: { tag?: string; sdp?: string } = {}): void {
  phone.respond(received, 200, { tag: 'b1', headers: [ALLOWS], ...parts });
  clock.advance(50);
}

function hangsUp({ at, phone, clock, user }: Calling): string[] {
  phone.send('BYE');
  clock.advance(50);
  expect(user.heard().at(-1)).toBe('end remote-bye');
  return at.leftovers();
}

describe('reliable provisional responses to our INVITE', () => {
  test('RFC 3262 §4: each is acknowledged by a PRACK in its early dialog', async () => {
    const call = await inviting();
    const { phone, clock, user, received } = call;
    expect(received.supported).toContain('100rel');
    says(call, 180, 7);
    const prack = phone.request('PRACK');
    expect(prack.value('RAck')).toBe('7 1 INVITE');
    expect(prack.value('CSeq')).toBe('2 PRACK');
    expect(prack.toTag).toBe('b1');
    phone.respond(prack, 200);
    says(call, 183, 8, { sdp: 'early' });
    expect(phone.request('PRACK').value('RAck')).toBe('8 1 INVITE');
    phone.respond(phone.request('PRACK'), 200);
    clock.advance(50);
    expect(user.heard()).toEqual(['progress 180 b1', 'progress 183 b1']);
    expect(user.earlies.at(-1)).toMatchObject({ remoteSdp: 'early', offerAnswer: 'stable' });
    answers(call);
    expect(user.session).toMatchObject({ remoteSdp: 'early', offerAnswer: 'stable' });
    expect(hangsUp(call)).toEqual([]);
  });

  test('RFC 3262 §4: one that comes again, or before its time, is neither acknowledged nor told', async () => {
    const call = await inviting();
    const { phone, user } = call;
    says(call, 180, 7);
    phone.respond(phone.request('PRACK'), 200);
    says(call, 180, 7);
    says(call, 183, 9, { sdp: 'later' });
    expect(phone.count('PRACK')).toBe(1);
    expect(user.heard()).toEqual(['progress 180 b1']);
    says(call, 183, 8, { sdp: 'early' });
    expect(phone.count('PRACK')).toBe(2);
    phone.respond(phone.request('PRACK'), 200);
    says(call, 183, 9, { sdp: 'later' });
    phone.respond(phone.request('PRACK'), 200);
    expect(user.heard()).toEqual(['progress 183 b1', 'progress 183 b1']);
    answers(call);
    // The first answer is the answer (RFC 3261 §13.2.1).
    expect(user.session?.remoteSdp).toBe('early');
    expect(hangsUp(call)).toEqual([]);
  });

  test('RFC 3262 §4: forks are numbered and acknowledged each by itself', async () => {
    const call = await inviting();
    const { phone, user } = call;
    says(call, 183, 100, { tag: 'b1', sdp: 'one' });
    says(call, 183, 5, { tag: 'b2', sdp: 'two' });
    const pracks = phone.received.filter((each) => each.kind === 'request' && each.method === 'PRACK');
    expect(pracks.map((each) => [each.value('RAck'), each.toTag])).toEqual([
      ['100 1 INVITE', 'b1'],
      ['5 1 INVITE', 'b2'],
    ]);
    for (const prack of pracks) if (prack.kind === 'request') phone.respond(prack, 200);
    expect(user.earlies.map(({ remoteSdp }) => remoteSdp)).toEqual(['one', 'two']);
    answers(call, { tag: 'b2' });
    answers(call, { tag: 'b1' });
    expect(user.session?.remoteSdp).toBe('two');
    // The other 2xx is acknowledged and hung up.
    expect(phone.distinct('BYE')).toBe(1);
    expect(phone.request('BYE').toTag).toBe('b1');
    phone.respond(phone.request('BYE'), 200);
    phone.localTag = 'b2';
    expect(hangsUp(call)).toEqual([]);
  });

  test('RFC 3262 §5: an offer in the first one is answered in its PRACK', async () => {
    const call = await inviting({});
    const { phone, clock, user } = call;
    says(call, 183, 1, { sdp: 'their offer' });
    expect(phone.count('PRACK')).toBe(0);
    expect(user.earlies[0]).toMatchObject({ remoteSdp: 'their offer', offerAnswer: 'answering' });
    user.earlies[0]?.acknowledge('our answer');
    clock.advance(50);
    const prack = phone.request('PRACK');
    expect(prack.body.toString()).toBe('our answer');
    phone.respond(prack, 200);
    answers(call);
    expect(user.session).toMatchObject({ offerAnswer: 'stable', inviteInProgress: 'none' });
    expect(user.session?.agreed).toEqual({ local: 'our answer', remote: 'their offer' });
    expect(phone.request('ACK').body.toString()).toBe('');
    expect(hangsUp(call)).toEqual([]);
  });

  test.each([481, 500, 'silence'])('a PRACK that meets %s: the final response says how it goes on', async (what) => {
    const call = await inviting();
    const { phone, clock, user } = call;
    says(call, 183, 1, { sdp: 'early' });
    if (typeof what === 'number') phone.respond(phone.request('PRACK'), what);
    else clock.advance(40_000);
    expect(user.heard()).toEqual(['progress 183 b1']);
    phone.respond(call.received, 504, { tag: 'b1' });
    clock.advance(50);
    expect(user.heard()).toEqual(['failure 504 response']);
    expect(call.at.leftovers()).toEqual([]);
  });

  test('a cancelled INVITE still acknowledges what comes before its end', async () => {
    const call = await inviting();
    const { phone, clock, user } = call;
    says(call, 183, 1, { sdp: 'early' });
    phone.respond(phone.request('PRACK'), 200);
    call.invite.cancel();
    clock.advance(50);
    says(call, 183, 2);
    expect(phone.request('PRACK').value('RAck')).toBe('2 1 INVITE');
    phone.respond(phone.request('PRACK'), 200);
    phone.respond(phone.request('CANCEL'), 200);
    phone.respond(call.received, 487, { tag: 'b1' });
    clock.advance(50);
    expect(user.heard()).toEqual(['progress 183 b1', 'failure 487 cancelled']);
    expect(call.at.leftovers()).toEqual([]);
  });

  test('what breaks the rules is taken as a response like any other: no number, number 0', async () => {
    const call = await inviting();
    const { phone, clock, user, received } = call;
    phone.respond(received, 183, { tag: 'b1', sdp: 'early', headers: [['Require', '100rel']] });
    says(call, 180, 0);
    clock.advance(50);
    expect(phone.count('PRACK')).toBe(0);
    expect(user.heard()).toEqual(['progress 183 b1', 'progress 180 b1']);
    answers(call, { sdp: 'answer' });
    expect(user.session?.remoteSdp).toBe('answer');
    expect(hangsUp(call)).toEqual([]);
  });
});
