import { everyPair } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { calling } from './testing/our-invite.ts';

type Scene = Awaited<ReturnType<typeof calling>>;

/** What has happened before, to an INVITE of ours that has just reached the phone. */
const STATES: Record<string, (scene: Scene) => void> = {
  'no response yet': () => {},
  proceeding: ({ phone, received }) => phone.respond(received, 100),
  early: ({ phone, received }) => phone.respond(received, 180, { tag: 'b1' }),
  'taken back, no response yet': ({ invite }) => invite.cancel(),
  'taken back, early': ({ phone, received, invite, clock }) => {
    phone.respond(received, 180, { tag: 'b1' });
    clock.advance(50);
    invite.cancel();
  },
  answered: ({ phone, received }) => phone.respond(received, 200, { tag: 'b1', sdp: 'answer' }),
  refused: ({ phone, received }) => phone.respond(received, 486, { tag: 'b1' }),
  'timed out': ({ clock }) => clock.advance(33_000),
};

/** A request of the phone in the dialog that its tag b1 makes, whether it has one or not. */
const inDialog =
  (method: string) =>
  ({ phone, received }: Scene): void => {
    phone.joinAsCallee(received, 'b1');
    phone.send(method);
  };
const response =
  (status: number, tag?: string, sdp?: string) =>
  ({ phone, received }: Scene): void =>
    phone.respond(received, status, { ...(tag !== undefined && { tag }), ...(sdp !== undefined && { sdp }) });

/** What happens then, here or at the phone. */
const EVENTS: Record<string, (scene: Scene) => void> = {
  '100': response(100),
  '180 without a tag': response(180),
  '180 of b1': response(180, 'b1'),
  '183 of b2 with sound': response(183, 'b2', 'early'),
  '200 of b1': response(200, 'b1', 'answer'),
  '200 of b2': response(200, 'b2', 'answer'),
  '302': response(302, 'b1'),
  '401 without a challenge': response(401, 'b1'),
  '486': response(486, 'b1'),
  '603': response(603, 'b1'),
  'we take it back': ({ invite }) => invite.cancel(),
  'BYE of b1': inDialog('BYE'),
  'INFO of b1': inDialog('INFO'),
  'INVITE of b1': inDialog('INVITE'),
  'ACK of b1': inDialog('ACK'),
  'silence for 33 s': ({ clock }) => clock.advance(33_000),
};

/** What our user hears, and what the phone hears, then what is left over an hour later, if anything. */
async function outcomeOf(state: string, event: string): Promise<string> {
  const scene = await calling();
  const { at, clock, phone, user, received } = scene;
  STATES[state]!(scene);
  clock.advance(50);
  user.heard();
  phone.received.length = 0;
  EVENTS[event]!(scene);
  clock.advance(50);
  const heard = phone.heard.map((each, index) => (each === phone.heard[index - 1] ? '…' : each));
  const told = [
    ...user.heard().map((each) => `told ${each}`),
    ...heard.filter((each, index) => each !== '…' || heard[index - 1] !== '…'),
  ];
  // Whatever it was, it ends.
  user.session?.bye();
  user.respond?.(200);
  phone.respond(received, 487, { tag: 'b1' });
  const left = at.leftovers();
  return [...told, ...left.map((each) => `LEFT ${each}`)].join(', ') || 'ignored';
}

/** What comes of each pair; `told` is what our user hears, the rest is what the phone hears. */
const TABLE = `
no response yet | 100 | ignored
no response yet | 302 | told failure 302 response, ACK
no response yet | 486 | told failure 486 response, ACK
no response yet | 603 | told failure 603 response, ACK
no response yet | 180 without a tag | told progress 180
no response yet | 180 of b1 | told progress 180 b1
no response yet | 183 of b2 with sound | told progress 183 b2
no response yet | 200 of b1 | told answer, ACK
no response yet | 200 of b2 | told answer, ACK
no response yet | 401 without a challenge | told failure 401 response, ACK
no response yet | we take it back | ignored
no response yet | BYE of b1 | 481 BYE
no response yet | INFO of b1 | 481 INFO
no response yet | INVITE of b1 | 481 INVITE
no response yet | ACK of b1 | ignored
no response yet | silence for 33 s | told failure 408 timeout, INVITE, …
proceeding | 100 | ignored
proceeding | 302 | told failure 302 response, ACK
proceeding | 486 | told failure 486 response, ACK
proceeding | 603 | told failure 603 response, ACK
proceeding | 180 without a tag | told progress 180
proceeding | 180 of b1 | told progress 180 b1
proceeding | 183 of b2 with sound | told progress 183 b2
proceeding | 200 of b1 | told answer, ACK
proceeding | 200 of b2 | told answer, ACK
proceeding | 401 without a challenge | told failure 401 response, ACK
proceeding | we take it back | CANCEL
proceeding | BYE of b1 | 481 BYE
proceeding | INFO of b1 | 481 INFO
proceeding | INVITE of b1 | 481 INVITE
proceeding | ACK of b1 | ignored
proceeding | silence for 33 s | ignored
early | 100 | ignored
early | 302 | told failure 302 response, ACK
early | 486 | told failure 486 response, ACK
early | 603 | told failure 603 response, ACK
early | 180 without a tag | told progress 180
early | 180 of b1 | told progress 180 b1
early | 183 of b2 with sound | told progress 183 b2
early | 200 of b1 | told answer, ACK
early | 200 of b2 | told answer, ACK
early | 401 without a challenge | told failure 401 response, ACK
early | we take it back | CANCEL
early | BYE of b1 | 200 BYE
early | INFO of b1 | told early INFO b1
early | INVITE of b1 | 491 INVITE
early | ACK of b1 | ignored
early | silence for 33 s | ignored
taken back, no response yet | 100 | CANCEL
taken back, no response yet | 302 | told failure 487 cancelled, ACK
taken back, no response yet | 486 | told failure 487 cancelled, ACK
taken back, no response yet | 603 | told failure 487 cancelled, ACK
taken back, no response yet | 180 without a tag | CANCEL
taken back, no response yet | 180 of b1 | CANCEL
taken back, no response yet | 183 of b2 with sound | CANCEL
taken back, no response yet | 200 of b1 | told failure 487 cancelled, ACK, BYE
taken back, no response yet | 200 of b2 | told failure 487 cancelled, ACK, BYE
taken back, no response yet | 401 without a challenge | told failure 487 cancelled, ACK
taken back, no response yet | we take it back | ignored
taken back, no response yet | BYE of b1 | 481 BYE
taken back, no response yet | INFO of b1 | 481 INFO
taken back, no response yet | INVITE of b1 | 481 INVITE
taken back, no response yet | ACK of b1 | ignored
taken back, no response yet | silence for 33 s | told failure 487 cancelled, INVITE, …
taken back, early | 100 | ignored
taken back, early | 302 | told failure 487 cancelled, ACK
taken back, early | 486 | told failure 487 cancelled, ACK
taken back, early | 603 | told failure 487 cancelled, ACK
taken back, early | 180 without a tag | ignored
taken back, early | 180 of b1 | ignored
taken back, early | 183 of b2 with sound | ignored
taken back, early | 200 of b1 | told failure 487 cancelled, ACK, BYE
taken back, early | 200 of b2 | told failure 487 cancelled, ACK, BYE
taken back, early | 401 without a challenge | told failure 487 cancelled, ACK
taken back, early | we take it back | ignored
taken back, early | BYE of b1 | 200 BYE
taken back, early | INFO of b1 | told early INFO b1
taken back, early | INVITE of b1 | 491 INVITE
taken back, early | ACK of b1 | ignored
taken back, early | silence for 33 s | told failure 487 cancelled, CANCEL, …
answered | 100 | ignored
answered | 302 | ignored
answered | 486 | ignored
answered | 603 | ignored
answered | 180 without a tag | ignored
answered | 180 of b1 | ignored
answered | 183 of b2 with sound | ignored
answered | 200 of b1 | ACK
answered | 200 of b2 | ACK, BYE
answered | 401 without a challenge | ignored
answered | we take it back | ignored
answered | BYE of b1 | told end remote-bye, 200 BYE
answered | INFO of b1 | told INFO
answered | INVITE of b1 | told reinvite without offer
answered | ACK of b1 | ignored
answered | silence for 33 s | ignored
refused | 100 | ignored
refused | 302 | ACK
refused | 486 | ACK
refused | 603 | ACK
refused | 180 without a tag | ignored
refused | 180 of b1 | ignored
refused | 183 of b2 with sound | ignored
refused | 200 of b1 | ACK, BYE
refused | 200 of b2 | ACK, BYE
refused | 401 without a challenge | ACK
refused | we take it back | ignored
refused | BYE of b1 | 481 BYE
refused | INFO of b1 | 481 INFO
refused | INVITE of b1 | 481 INVITE
refused | ACK of b1 | ignored
refused | silence for 33 s | ignored
timed out | 100 | ignored
timed out | 302 | ignored
timed out | 486 | ignored
timed out | 603 | ignored
timed out | 180 without a tag | ignored
timed out | 180 of b1 | ignored
timed out | 183 of b2 with sound | ignored
timed out | 200 of b1 | ignored
timed out | 200 of b2 | ignored
timed out | 401 without a challenge | ignored
timed out | we take it back | ignored
timed out | BYE of b1 | 481 BYE
timed out | INFO of b1 | 481 INFO
timed out | INVITE of b1 | 481 INVITE
timed out | ACK of b1 | ignored
timed out | silence for 33 s | ignored
`;

test.each(everyPair(Object.keys(STATES), Object.keys(EVENTS), TABLE))(
  'RFC 3261 §13.2.2: %s, %s: %s',
  async (state, event, outcome) => {
    expect(await outcomeOf(state, event)).toBe(outcome);
  },
);
