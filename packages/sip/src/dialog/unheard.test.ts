import { expect, test } from 'vitest';
import { phoneCalled, weCalled } from './testing/calls.ts';
import { Recorder } from './testing/recorder.ts';
import { PHONE, world } from './testing/world.ts';

const isPhone = ({ address }: { address: string }): boolean => address === PHONE.address;
const LASTING = ['listeners'];

for (const [title, call] of [
  ['that we made', weCalled],
  ['that the peer made', phoneCalled],
] as const) {
  test(`a dialog ${title} ends with one BYE, and nothing waits for its answer`, async () => {
    const { at, user, session } = await call();
    at.dialogs.giveUpOn(() => false);
    expect(session.ended).toBe(false);
    at.dialogs.giveUpOn(isPhone);
    expect(user.heard()).toEqual(['end timeout']);
    expect(at.ledger.leftovers(LASTING)).toEqual([]);
    at.clock.advance(60_000);
    expect(at.phone.heard).toEqual(['BYE']);
    expect(at.leftovers()).toEqual([]);
  });
}

test('a dialog that its user has left is not left again, nor its user told', async () => {
  const { at, user, session } = await weCalled();
  session.bye();
  at.dialogs.giveUpOn(isPhone);
  expect(user.heard()).toEqual([]);
  expect(at.ledger.leftovers(LASTING)).toEqual([]);
  at.clock.advance(60_000);
  expect(at.phone.heard).toEqual(['BYE']);
});

test('a BYE waits no longer for the ACK before it, and the 2xx is not repeated', async () => {
  const at = await world();
  const user = new Recorder();
  at.answerBy(user);
  at.phone.invite({ sdp: 'offer' });
  at.clock.advance(50);
  user.incoming!.accept({ sdp: 'ours' }).bye();
  at.clock.advance(50);
  expect(at.phone.heard).toEqual(['200 INVITE']);
  at.dialogs.giveUpOn(isPhone);
  expect(at.ledger.leftovers(LASTING)).toEqual([]);
  at.clock.advance(60_000);
  expect(at.phone.heard).toEqual(['200 INVITE', 'BYE']);
});

test('an INVITE that was taken back fails at once, with its early dialogs', async () => {
  const at = await world();
  const user = new Recorder();
  const outgoing = at.call(user, { sdp: 'offer' });
  at.clock.advance(50);
  at.phone.respond(at.phone.request('INVITE'), 180, { tag: 'b1' });
  at.clock.advance(50);
  outgoing.cancel();
  at.dialogs.giveUpOn(isPhone);
  expect(user.heard()).toEqual(['progress 180 b1', 'failure 487 cancelled']);
  expect(at.ledger.leftovers(LASTING)).toEqual([]);
  at.clock.advance(60_000);
  expect(at.phone.heard).toEqual(['INVITE', 'CANCEL']);
});
