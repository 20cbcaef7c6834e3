import { everyPair } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { phoneCalled, type StandingCall } from './testing/calls.ts';
import { Recorder } from './testing/recorder.ts';

interface Scene extends StandingCall {
  /** Who hears of our re-INVITE and of our INFO. */
  readonly ours: Recorder;
  readonly asked: string[];
}

/** What has happened before, in a call that stands. */
const STATES: Record<string, (scene: Scene) => void> = {
  idle: () => {},
  'their re-INVITE waits for us': ({ at }) => at.phone.send('INVITE', { sdp: 'theirs', branch: 'z9hG4bKre' }),
  'our 2xx to theirs waits for its ACK': ({ at, user }) => {
    at.phone.send('INVITE', { sdp: 'theirs', branch: 'z9hG4bKre' });
    at.clock.advance(50);
    user.reinvite!.answer({ sdp: 'ours' });
  },
  'our re-INVITE waits for them': ({ session, ours }) => void session.reinvite({ sdp: 'ours' }, ours),
  'our ACK waits for us': ({ at, session, ours }) => {
    session.reinvite({}, ours);
    at.clock.advance(50);
    at.phone.respond(at.phone.request('INVITE'), 200, { tag: at.phone.localTag, sdp: 'theirs' });
  },
  'our INFO waits for them': (scene) => inform(scene),
  'our BYE waits for them': ({ session }) => session.bye(),
  'ended by them': ({ at }) => at.phone.send('BYE'),
};

function inform({ session, asked }: Scene): void {
  session.request(
    'INFO',
    {},
    {
      onResponse: ({ status }) => void asked.push(`INFO got ${status}`),
      onFailure: (cause) => void asked.push(`INFO failed: ${cause}`),
    },
  );
}

/** The phone's response to the last request of ours of this method, if there is one. */
const response =
  (method: string, status: number, sdp?: string) =>
  ({ at }: Scene): void => {
    if (at.phone.distinct(method) === 0) return;
    const parts = { tag: at.phone.localTag, ...(sdp !== undefined && { sdp }) };
    at.phone.respond(at.phone.request(method), status, parts);
  };

/** What happens then, here or at the phone. */
const EVENTS: Record<string, (scene: Scene) => void> = {
  'their re-INVITE': ({ at }) => at.phone.send('INVITE', { sdp: 'more' }),
  'their CANCEL': ({ at }) => at.phone.send('CANCEL', { branch: 'z9hG4bKre' }),
  'their ACK': ({ at }) => at.phone.send('ACK'),
  'their INFO': ({ at }) => at.phone.send('INFO'),
  'their BYE': ({ at }) => at.phone.send('BYE'),
  'we answer theirs': ({ user }) => user.reinvite?.answer({ sdp: 'ours' }),
  'we reject theirs': ({ user }) => user.reinvite?.reject(488),
  'we offer': ({ session, ours }) => void session.reinvite({ sdp: 'more' }, ours),
  'we acknowledge': ({ session }) => session.acknowledge('ours'),
  'we inform': (scene) => inform(scene),
  'we hang up': ({ session }) => session.bye(),
  '200 to our re-INVITE': response('INVITE', 200, 'theirs'),
  '488 to our re-INVITE': response('INVITE', 488),
  '491 to our re-INVITE': response('INVITE', 491),
  '481 to our re-INVITE': response('INVITE', 481),
  '200 to our INFO': response('INFO', 200),
  '481 to our INFO': response('INFO', 481),
  '200 to our BYE': response('BYE', 200),
};

/** What our user hears, and what the phone hears, then what is left over an hour later, if anything. */
async function outcomeOf(state: string, event: string): Promise<string> {
  const scene: Scene = { ...(await phoneCalled()), ours: new Recorder(), asked: [] };
  const { at, user, ours, asked, session } = scene;
  STATES[state]!(scene);
  at.clock.advance(50);
  user.heard();
  ours.heard();
  asked.length = 0;
  const before = at.phone.received.length;
  EVENTS[event]!(scene);
  at.clock.advance(50);
  const told = [...user.heard(), ...ours.heard(), ...asked].map((each) => `told ${each}`);
  const heard = at.phone.heard.slice(before);
  // Whatever it was, it ends.
  user.respond?.(200);
  session.bye();
  const left = at.leftovers();
  return [...told, ...heard, ...left.map((each) => `LEFT ${each}`)].join(', ') || 'ignored';
}

/** What comes of each pair; `told` is what our user hears, the rest is what the phone hears. */
const TABLE = `
idle | their re-INVITE | told reinvite more
idle | their CANCEL | 481 CANCEL
idle | their ACK | ignored
idle | their INFO | told INFO
idle | their BYE | told end remote-bye, 200 BYE
idle | we answer theirs | ignored
idle | we reject theirs | ignored
idle | we offer | INVITE
idle | we acknowledge | ignored
idle | we inform | INFO
idle | we hang up | BYE
idle | 200 to our re-INVITE | ignored
idle | 488 to our re-INVITE | ignored
idle | 491 to our re-INVITE | ignored
idle | 481 to our re-INVITE | ignored
idle | 200 to our INFO | ignored
idle | 481 to our INFO | ignored
idle | 200 to our BYE | ignored
their re-INVITE waits for us | their re-INVITE | 500 INVITE
their re-INVITE waits for us | their CANCEL | told reinvite cancelled, 200 CANCEL, 487 INVITE
their re-INVITE waits for us | their ACK | ignored
their re-INVITE waits for us | their INFO | told INFO
their re-INVITE waits for us | their BYE | told end remote-bye, 200 BYE, 487 INVITE
their re-INVITE waits for us | we answer theirs | 200 INVITE
their re-INVITE waits for us | we reject theirs | 488 INVITE
their re-INVITE waits for us | we offer | ignored
their re-INVITE waits for us | we acknowledge | ignored
their re-INVITE waits for us | we inform | INFO
their re-INVITE waits for us | we hang up | 487 INVITE, BYE
their re-INVITE waits for us | 200 to our re-INVITE | ignored
their re-INVITE waits for us | 488 to our re-INVITE | ignored
their re-INVITE waits for us | 491 to our re-INVITE | ignored
their re-INVITE waits for us | 481 to our re-INVITE | ignored
their re-INVITE waits for us | 200 to our INFO | ignored
their re-INVITE waits for us | 481 to our INFO | ignored
their re-INVITE waits for us | 200 to our BYE | ignored
our 2xx to theirs waits for its ACK | their re-INVITE | told ack, told reinvite more
our 2xx to theirs waits for its ACK | their CANCEL | 200 CANCEL
our 2xx to theirs waits for its ACK | their ACK | told ack
our 2xx to theirs waits for its ACK | their INFO | told INFO
our 2xx to theirs waits for its ACK | their BYE | told end remote-bye, 200 BYE
our 2xx to theirs waits for its ACK | we answer theirs | ignored
our 2xx to theirs waits for its ACK | we reject theirs | ignored
our 2xx to theirs waits for its ACK | we offer | ignored
our 2xx to theirs waits for its ACK | we acknowledge | ignored
our 2xx to theirs waits for its ACK | we inform | INFO
our 2xx to theirs waits for its ACK | we hang up | BYE
our 2xx to theirs waits for its ACK | 200 to our re-INVITE | ignored
our 2xx to theirs waits for its ACK | 488 to our re-INVITE | ignored
our 2xx to theirs waits for its ACK | 491 to our re-INVITE | ignored
our 2xx to theirs waits for its ACK | 481 to our re-INVITE | ignored
our 2xx to theirs waits for its ACK | 200 to our INFO | ignored
our 2xx to theirs waits for its ACK | 481 to our INFO | ignored
our 2xx to theirs waits for its ACK | 200 to our BYE | ignored
our re-INVITE waits for them | their re-INVITE | 491 INVITE
our re-INVITE waits for them | their CANCEL | 481 CANCEL
our re-INVITE waits for them | their ACK | ignored
our re-INVITE waits for them | their INFO | told INFO
our re-INVITE waits for them | their BYE | told end remote-bye, 200 BYE
our re-INVITE waits for them | we answer theirs | ignored
our re-INVITE waits for them | we reject theirs | ignored
our re-INVITE waits for them | we offer | ignored
our re-INVITE waits for them | we acknowledge | ignored
our re-INVITE waits for them | we inform | INFO
our re-INVITE waits for them | we hang up | BYE
our re-INVITE waits for them | 200 to our re-INVITE | told reinvite answered, ACK
our re-INVITE waits for them | 488 to our re-INVITE | told reinvite failed 488, ACK
our re-INVITE waits for them | 491 to our re-INVITE | ACK
our re-INVITE waits for them | 481 to our re-INVITE | told end dialog-error, told reinvite failed 481, ACK, BYE
our re-INVITE waits for them | 200 to our INFO | ignored
our re-INVITE waits for them | 481 to our INFO | ignored
our re-INVITE waits for them | 200 to our BYE | ignored
our ACK waits for us | their re-INVITE | 491 INVITE
our ACK waits for us | their CANCEL | 481 CANCEL
our ACK waits for us | their ACK | ignored
our ACK waits for us | their INFO | told INFO
our ACK waits for us | their BYE | told end remote-bye, 200 BYE, ACK
our ACK waits for us | we answer theirs | ignored
our ACK waits for us | we reject theirs | ignored
our ACK waits for us | we offer | ignored
our ACK waits for us | we acknowledge | ACK
our ACK waits for us | we inform | INFO
our ACK waits for us | we hang up | ACK, BYE
our ACK waits for us | 200 to our re-INVITE | ignored
our ACK waits for us | 488 to our re-INVITE | ignored
our ACK waits for us | 491 to our re-INVITE | ignored
our ACK waits for us | 481 to our re-INVITE | ignored
our ACK waits for us | 200 to our INFO | ignored
our ACK waits for us | 481 to our INFO | ignored
our ACK waits for us | 200 to our BYE | ignored
our INFO waits for them | their re-INVITE | told reinvite more
our INFO waits for them | their CANCEL | 481 CANCEL
our INFO waits for them | their ACK | ignored
our INFO waits for them | their INFO | told INFO
our INFO waits for them | their BYE | told end remote-bye, 200 BYE
our INFO waits for them | we answer theirs | ignored
our INFO waits for them | we reject theirs | ignored
our INFO waits for them | we offer | INVITE
our INFO waits for them | we acknowledge | ignored
our INFO waits for them | we inform | INFO
our INFO waits for them | we hang up | BYE
our INFO waits for them | 200 to our re-INVITE | ignored
our INFO waits for them | 488 to our re-INVITE | ignored
our INFO waits for them | 491 to our re-INVITE | ignored
our INFO waits for them | 481 to our re-INVITE | ignored
our INFO waits for them | 200 to our INFO | told INFO got 200
our INFO waits for them | 481 to our INFO | told end dialog-error, told INFO got 481, BYE
our INFO waits for them | 200 to our BYE | ignored
our BYE waits for them | their re-INVITE | 481 INVITE
our BYE waits for them | their CANCEL | 481 CANCEL
our BYE waits for them | their ACK | ignored
our BYE waits for them | their INFO | 481 INFO
our BYE waits for them | their BYE | 200 BYE
our BYE waits for them | we answer theirs | ignored
our BYE waits for them | we reject theirs | ignored
our BYE waits for them | we offer | ignored
our BYE waits for them | we acknowledge | ignored
our BYE waits for them | we inform | ignored
our BYE waits for them | we hang up | ignored
our BYE waits for them | 200 to our re-INVITE | ignored
our BYE waits for them | 488 to our re-INVITE | ignored
our BYE waits for them | 491 to our re-INVITE | ignored
our BYE waits for them | 481 to our re-INVITE | ignored
our BYE waits for them | 200 to our INFO | ignored
our BYE waits for them | 481 to our INFO | ignored
our BYE waits for them | 200 to our BYE | ignored
ended by them | their re-INVITE | 481 INVITE
ended by them | their CANCEL | 481 CANCEL
ended by them | their ACK | ignored
ended by them | their INFO | 481 INFO
ended by them | their BYE | 481 BYE
ended by them | we answer theirs | ignored
ended by them | we reject theirs | ignored
ended by them | we offer | ignored
ended by them | we acknowledge | ignored
ended by them | we inform | ignored
ended by them | we hang up | ignored
ended by them | 200 to our re-INVITE | ignored
ended by them | 488 to our re-INVITE | ignored
ended by them | 491 to our re-INVITE | ignored
ended by them | 481 to our re-INVITE | ignored
ended by them | 200 to our INFO | ignored
ended by them | 481 to our INFO | ignored
ended by them | 200 to our BYE | ignored
`;

test.each(everyPair(Object.keys(STATES), Object.keys(EVENTS), TABLE))(
  'RFC 3261 §14.2: %s, %s: %s',
  async (state, event, outcome) => {
    expect(await outcomeOf(state, event)).toBe(outcome);
  },
);
