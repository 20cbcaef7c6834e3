import type { FakeClock, SeededRandom } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { EXTENDED, REQUIRES, SUPPORTS, TIMED } from './testing/extended.ts';
import { lossyStacks } from './testing/lossy-stacks.ts';
import { Recorder } from './testing/recorder.ts';
import type { EarlyDialog, IncomingReinvite, Session } from './user.ts';

const CALLS = 100;

/** Does anything that RFC 3262, 3311 and 4028 let a side do, at any time, in an order that the seed decides. */
class Restless extends Recorder {
  readonly #clock: FakeClock;
  readonly #random: SeededRandom;

  constructor(clock: FakeClock, random: SeededRandom) {
    super();
    this.#clock = clock;
    this.#random = random;
    this.whenAnswered = (session) => this.talk(session);
    this.whenReinvited = (reinvite) => this.soon(() => this.#settle(reinvite));
  }

  soon(act: () => void): void {
    this.#clock.after(this.#random.below(4) === 0 ? 0 : this.#random.below(4_000), act);
  }

  oneOf(...acts: (() => void)[]): void {
    acts[this.#random.below(acts.length)]?.();
  }

  decide(): void {
    const invite = this.incoming!;
    const late = invite.offer === undefined;
    const accept = () => {
      if (invite.answered) return;
      this.session = invite.accept(invite.settled ? {} : { sdp: 'callee' });
      this.talk(this.session);
    };
    const early = () => invite.progress(183, !late || invite.wantsReliable ? { sdp: 'callee' } : {});
    this.soon(early);
    this.soon(early);
    this.soon(() => this.oneOf(accept, accept, accept, () => invite.reject(486)));
  }

  talk(session: Session): void {
    if (session.offerAnswer === 'answering' && session.inviteInProgress === 'ours') session.acknowledge('caller');
    const user = {
      onAnswer: () => {
        if (session.offerAnswer === 'answering') this.soon(() => session.acknowledge('mine'));
      },
      onFailure: () => {},
    };
    const again = (): void => {
      if (session.ended) return;
      this.oneOf(
        () => void session.update({ sdp: `update ${this.#random.below(9)}` }, user),
        () => void session.update({}, user),
        () => session.update({ sdp: 'never mind' }, user).cancel(),
        () => void session.reinvite({ sdp: 'more' }, user),
        () => void session.reinvite({}, user),
        () => {
          if (this.#random.below(3) === 0) session.bye();
        },
      );
      this.#clock.after(this.#random.below(40_000), again);
    };
    this.soon(again);
  }

  override onProgress(...[response, early]: Parameters<Recorder['onProgress']>): void {
    super.onProgress(response, early);
    if (early === undefined) return;
    if (early.offerAnswer === 'answering') this.soon(() => early.acknowledge('caller'));
    else this.soon(() => early.update({ sdp: 'early change' }, { onAnswer: () => {}, onFailure: () => {} }));
  }

  override onUpdate(update: IncomingReinvite): void {
    super.onUpdate(update);
    this.soon(() => this.#settle(update));
  }

  override onEarlyUpdate(update: IncomingReinvite, early: EarlyDialog): void {
    super.onEarlyUpdate(update, early);
    this.soon(() => this.#settle(update));
  }

  #settle(reinvite: IncomingReinvite): void {
    this.oneOf(
      () => reinvite.answer({ sdp: 'yes' }),
      () => reinvite.answer({ sdp: 'yes' }),
      () => reinvite.reject(488),
      // Its answer never comes, which an UPDATE does not wait for.
      () => (reinvite.request.method === 'INVITE' ? reinvite.reject(480) : undefined),
    );
  }

  override onRequest(...[request, respond]: Parameters<Recorder['onRequest']>): void {
    super.onRequest(request, respond);
    respond(200);
  }
}

const LAST = /^(end|failure|cancelled by|unacknowledged)/;

function isInOrder(events: readonly string[]): boolean {
  const last = events.findIndex((event) => LAST.test(event));
  return last < 0 || last === events.length - 1;
}

test.each([
  [0, 0, 11],
  [0, 300, 12],
  [0.05, 0, 13],
  [0.3, 300, 14],
])(
  'early offers, refreshes and all else, %d lost, up to %i ms late, seed %i: every call ends on both sides, and nothing is left',
  (rate, spread, seed) => play(rate, spread, seed),
);

async function play(rate: number, spread: number, seed: number): Promise<void> {
  const layer = { ...EXTENDED, sessionTimer: { ...TIMED, expires: 90 } };
  const { clock, random, ours, theirs } = await lossyStacks(rate, spread, seed, layer);
  const callers: Restless[] = [];
  const callees: Restless[] = [];
  theirs.dialogs.outOfDialog = (request, flow) => {
    const callee = new Restless(clock, random);
    callees.push(callee);
    callee.incoming = theirs.dialogs.incomingInvite(request, flow, callee);
    callee.decide();
  };
  for (let call = 0; call < CALLS; call++) {
    const caller = new Restless(clock, random);
    callers.push(caller);
    const headers = random.below(2) === 0 ? [REQUIRES] : [SUPPORTS];
    const invite = ours.call(caller, { headers, ...(random.below(4) > 0 && { sdp: 'caller' }) });
    clock.after(60_000, () => invite.cancel());
    if (random.below(4) === 0) caller.soon(() => invite.cancel());
    clock.advance(random.below(500));
  }
  clock.advance(1_200_000);
  for (const each of [...callers, ...callees]) each.session?.bye();
  clock.advance(200_000);
  expect([...callers, ...callees].filter(({ events }) => !isInOrder(events)).map(({ events }) => events)).toEqual([]);
  expect([...callers, ...callees].filter(({ session }) => session?.ended === false)).toEqual([]);
  expect(callees.filter(({ incoming }) => !incoming?.answered)).toEqual([]);
  const answered = callers.filter(({ events }) => events.includes('answer'));
  if (rate === 0) expect(answered.length).toBeGreaterThan(CALLS / 3);
  expect([...ours.leftovers(), ...theirs.leftovers()]).toEqual([]);
}
