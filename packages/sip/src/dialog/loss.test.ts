import type { FakeClock, SeededRandom } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { lossyStacks } from './testing/lossy-stacks.ts';
import { Recorder } from './testing/recorder.ts';
import type { IncomingReinvite, Session } from './user.ts';

const CALLS = 200;

/** A person with little patience: does anything that a user may do, at any time, in an order that the seed decides. */
class Restless extends Recorder {
  readonly #clock: FakeClock;
  readonly #random: SeededRandom;

  constructor(clock: FakeClock, random: SeededRandom) {
    super();
    this.#clock = clock;
    this.#random = random;
    this.whenAnswered = (session) => this.#talk(session);
    this.whenReinvited = (reinvite) => this.soon(() => this.#answerAgain(reinvite));
  }

  /** Within the next seconds, or at once. */
  soon(act: () => void): void {
    this.#clock.after(this.#random.below(4) === 0 ? 0 : this.#random.below(6_000), act);
  }

  oneOf(...acts: (() => void)[]): void {
    acts[this.#random.below(acts.length)]?.();
  }

  /** What the called one does with an INVITE. */
  decide(): void {
    const invite = this.incoming!;
    const accept = () => {
      if (invite.answered) return;
      const session = invite.accept({ sdp: 'callee' });
      this.session = session;
      this.#talk(session);
    };
    this.soon(() => invite.progress(180));
    this.soon(() => invite.progress(183, { sdp: 'callee' }));
    this.soon(() => this.oneOf(accept, accept, accept, () => invite.reject(486)));
  }

  #talk(session: Session): void {
    if (session.inviteInProgress === 'ours') this.soon(() => session.acknowledge('caller'));
    const again = (): void => {
      if (session.ended) return;
      this.oneOf(
        () => void session.reinvite({ sdp: 'more' }, this.#reinviteUser(session)),
        () => void session.reinvite({}, this.#reinviteUser(session)),
        () => this.soon(() => session.reinvite({ sdp: 'less' }, this.#reinviteUser(session)).cancel()),
        () => session.request('INFO', {}, { onResponse: () => {}, onFailure: () => {} }),
        () => session.bye(),
      );
      this.#clock.after(this.#random.below(5_000), again);
    };
    this.soon(again);
  }

  #reinviteUser(session: Session) {
    return {
      onAnswer: () => {
        if (session.offerAnswer === 'answering') this.soon(() => session.acknowledge('mine'));
      },
      onFailure: () => {},
    };
  }

  #answerAgain(reinvite: IncomingReinvite): void {
    this.oneOf(
      () => reinvite.answer({ sdp: 'yes' }),
      () => reinvite.answer({ sdp: 'yes' }),
      () => reinvite.reject(488),
    );
  }

  override onRequest(...[request, respond]: Parameters<Recorder['onRequest']>): void {
    super.onRequest(request, respond);
    this.soon(() => respond(200));
  }
}

/** Exactly one beginning, at most one end, nothing after it. */
function isInOrder(events: readonly string[], starts: readonly string[]): boolean {
  const beginnings = events.filter((event) => starts.some((start) => event.startsWith(start)));
  const last = events.findIndex((event) => /^(end|failure|cancelled by)/.test(event));
  return beginnings.length === 1 && (last < 0 || last === events.length - 1);
}

test.each([
  [0, 0, 1],
  [0, 300, 2],
  [0.05, 0, 3],
  [0.3, 300, 4],
  [0.6, 0, 5],
])(
  '%d lost, up to %i ms late, seed %i: every call ends on both sides, and nothing is left',
  async (rate, spread, seed) => {
    const { clock, random, ours, theirs } = await lossyStacks(rate, spread, seed);
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
      const invite = ours.call(caller, random.below(4) === 0 ? {} : { sdp: 'caller' });
      // A final response may be lost for good; how long it may ring is the call's to say.
      clock.after(60_000, () => invite.cancel());
      if (random.below(3) === 0) caller.soon(() => invite.cancel());
      clock.advance(random.below(500));
    }
    clock.advance(600_000);
    expect(
      callers.filter((caller) => !isInOrder(caller.events, ['answer', 'failure'])).map((each) => each.events),
    ).toEqual([]);
    expect(
      callees.filter((callee) => !isInOrder(['invite', ...callee.events], ['invite'])).map((each) => each.events),
    ).toEqual([]);
    expect([...callers, ...callees].filter(({ session }) => session?.ended === false)).toEqual([]);
    expect(callees.filter(({ incoming }) => !incoming?.answered)).toEqual([]);
    if (rate === 0) expect(callers.filter(({ events }) => events.includes('answer')).length).toBeGreaterThan(CALLS / 3);
    expect([...ours.leftovers(), ...theirs.leftovers()]).toEqual([]);
  },
);
