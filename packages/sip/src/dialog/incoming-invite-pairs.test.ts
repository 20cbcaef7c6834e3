import { everyPair } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { Recorder } from './testing/recorder.ts';
import { type World, world } from './testing/world.ts';

interface Scene {
  readonly at: World;
  readonly user: Recorder;
}

/** An INVITE of the phone's has come. */
async function invited(): Promise<Scene> {
  const at = await world();
  const user = new Recorder();
  at.answerBy(user);
  at.phone.invite({ sdp: 'offer' });
  at.clock.advance(50);
  return { at, user };
}

/** What has happened before, to an INVITE that has just come. */
const STATES: Record<string, (scene: Scene) => void> = {
  'not answered': () => {},
  early: ({ at, user }) => {
    user.incoming!.progress(183, { sdp: 'early' });
    at.clock.advance(50);
    at.phone.join(at.phone.response(183));
  },
  'accepted, no ACK yet': ({ at, user }) => {
    user.session = user.incoming!.accept({ sdp: 'ours' });
    at.clock.advance(50);
    at.phone.join(at.phone.response(200));
  },
  rejected: ({ at, user }) => user.incoming!.reject(486) ?? at.clock.advance(50),
  cancelled: ({ at }) => at.phone.cancel(),
};

/** A request of the phone within the dialog, or within one that there is not. */
const inDialog =
  (method: string, parts: { readonly sdp?: string; readonly seq?: number } = {}) =>
  ({ at }: Scene): void =>
    at.phone.send(method, { ...parts, toTag: at.phone.remoteTag ?? 'nobody' });

/** What happens then, here or at the phone. */
const EVENTS: Record<string, (scene: Scene) => void> = {
  'we say 180': ({ user }) => user.incoming!.progress(180),
  'we say 183 with sound': ({ user }) => user.incoming!.progress(183, { sdp: 'early' }),
  'we say 183 with other sound': ({ user }) => user.incoming!.progress(183, { sdp: 'other' }),
  'we accept': ({ user }) => void user.incoming!.accept({ sdp: 'ours' }),
  'we reject': ({ user }) => user.incoming!.reject(603),
  'INVITE again': ({ at }) => {
    at.phone.seq--;
    at.phone.invite({ sdp: 'offer' });
  },
  CANCEL: ({ at }) => at.phone.cancel(),
  'ACK of the dialog': inDialog('ACK'),
  BYE: inDialog('BYE'),
  'INVITE in the dialog': inDialog('INVITE', { sdp: 'again' }),
  INFO: inDialog('INFO'),
  'an unknown method': inDialog('PUBLISH'),
  'INFO with a lower CSeq': inDialog('INFO', { seq: 0 }),
};

/** What our user hears, and what the phone hears, then what is left over an hour later, if anything. */
async function outcomeOf(state: string, event: string): Promise<string> {
  const scene = await invited();
  const { at, user } = scene;
  STATES[state]!(scene);
  at.clock.advance(50);
  user.heard();
  at.phone.received.length = 0;
  let error = '';
  try {
    EVENTS[event]!(scene);
  } catch (thrown) {
    error = `error: ${(thrown as Error).message}`;
  }
  at.clock.advance(50);
  const told = [error, ...user.heard().map((each) => `told ${each}`), ...at.phone.heard].filter((each) => each !== '');
  // Whatever it was, it ends.
  for (const end of [
    () => user.incoming!.reject(500),
    () => at.phone.send('ACK'),
    () => user.session?.bye(),
    () => user.respond?.(200),
  ]) {
    end();
    at.clock.advance(50);
  }
  const left = at.leftovers();
  return [...told, ...left.map((each) => `LEFT ${each}`)].join(', ') || 'ignored';
}

/** What comes of each pair; `told` is what our user hears, the rest is what the phone hears. */
const TABLE = `
not answered | we say 180 | 180 INVITE
not answered | we say 183 with sound | 183 INVITE
not answered | we say 183 with other sound | 183 INVITE
not answered | we accept | 200 INVITE
not answered | we reject | 603 INVITE
not answered | INVITE again | ignored
not answered | CANCEL | told cancelled by CANCEL, 200 CANCEL, 487 INVITE
not answered | ACK of the dialog | ignored
not answered | BYE | 481 BYE
not answered | INVITE in the dialog | 481 INVITE
not answered | INFO | 481 INFO
not answered | an unknown method | 481 PUBLISH
not answered | INFO with a lower CSeq | 481 INFO
early | we say 180 | 180 INVITE
early | we say 183 with sound | 183 INVITE
early | we say 183 with other sound | 183 INVITE
early | we accept | 200 INVITE
early | we reject | 603 INVITE
early | INVITE again | 183 INVITE
early | CANCEL | told cancelled by CANCEL, 200 CANCEL, 487 INVITE
early | ACK of the dialog | ignored
early | BYE | told cancelled by BYE, 200 BYE, 487 INVITE
early | INVITE in the dialog | 500 INVITE
early | INFO | told INFO
early | an unknown method | 405 PUBLISH
early | INFO with a lower CSeq | 500 INFO
accepted, no ACK yet | we say 180 | ignored
accepted, no ACK yet | we say 183 with sound | ignored
accepted, no ACK yet | we say 183 with other sound | ignored
accepted, no ACK yet | we accept | error: INVITE has its final response, or its caller has gone
accepted, no ACK yet | we reject | ignored
accepted, no ACK yet | INVITE again | ignored
accepted, no ACK yet | CANCEL | 200 CANCEL
accepted, no ACK yet | ACK of the dialog | told ack
accepted, no ACK yet | BYE | told end remote-bye, 200 BYE
accepted, no ACK yet | INVITE in the dialog | told ack, told reinvite again
accepted, no ACK yet | INFO | told INFO
accepted, no ACK yet | an unknown method | 405 PUBLISH
accepted, no ACK yet | INFO with a lower CSeq | 500 INFO
rejected | we say 180 | ignored
rejected | we say 183 with sound | ignored
rejected | we say 183 with other sound | ignored
rejected | we accept | error: INVITE has its final response, or its caller has gone
rejected | we reject | ignored
rejected | INVITE again | 486 INVITE
rejected | CANCEL | 200 CANCEL
rejected | ACK of the dialog | ignored
rejected | BYE | 481 BYE
rejected | INVITE in the dialog | 481 INVITE
rejected | INFO | 481 INFO
rejected | an unknown method | 481 PUBLISH
rejected | INFO with a lower CSeq | 481 INFO
cancelled | we say 180 | ignored
cancelled | we say 183 with sound | ignored
cancelled | we say 183 with other sound | ignored
cancelled | we accept | error: INVITE has its final response, or its caller has gone
cancelled | we reject | ignored
cancelled | INVITE again | 487 INVITE
cancelled | CANCEL | 200 CANCEL
cancelled | ACK of the dialog | ignored
cancelled | BYE | 481 BYE
cancelled | INVITE in the dialog | 481 INVITE
cancelled | INFO | 481 INFO
cancelled | an unknown method | 481 PUBLISH
cancelled | INFO with a lower CSeq | 481 INFO
`;

test.each(everyPair(Object.keys(STATES), Object.keys(EVENTS), TABLE))(
  'RFC 3261 §13.3.1: %s, %s: %s',
  async (state, event, outcome) => {
    expect(await outcomeOf(state, event)).toBe(outcome);
  },
);
