import type { RejectReason, RingOutcome, RouteCall, World } from '../routing/plan.ts';
import { normaliseNumber } from '../schema/number.ts';
import { reachGroup } from './reference/groups.ts';
import { takeNumber } from './reference/numbers.ts';
import { goOutside } from './reference/outside.ts';
import {
  Ended,
  Loop,
  type Orderer,
  type Place,
  type ReferenceDecision,
  type ReferenceEnd,
  type ReferenceEvent,
  type ReferenceMenu,
  type ReferenceMessage,
  type ReferencePlay,
  type ReferenceRing,
  type ReferenceWait,
  type Ringing,
  reject,
  ToldCall,
} from './reference/told-call.ts';
import { reachUser } from './reference/users.ts';

export type {
  ReferenceDecision,
  ReferenceEnd,
  ReferenceEvent,
  ReferenceMenu,
  ReferenceMessage,
  ReferencePlay,
  ReferenceRing,
  ReferenceTarget,
  ReferenceWait,
} from './reference/told-call.ts';

/*
 * What becomes of a call, told a second time and in another way: as one story from beginning to end, that waits where somebody rings. It
 * keeps no frames and gives no reasons, and looks everything up by going through the lists of the file. The router must agree with it.
 */

export class ReferenceRouter {
  /** What has been told so far. */
  readonly call: ToldCall;
  readonly #host: string | undefined;

  constructor(call: RouteCall, world: World) {
    this.call = new ToldCall(call, world, sendOn);
    this.#host = call.host;
  }

  /** Gives each step that rings, is played, asks for keys or a service, takes a message, or is a wait, and is told how it ended and what the world is then. */
  *run(): Generator<
    ReferenceRing | ReferencePlay | ReferenceMenu | ReferenceMessage | ReferenceWait | ReferenceDecision,
    ReferenceEnd,
    ReferenceEvent
  > {
    try {
      return { do: 'reject', reason: yield* this.#begin() };
    } catch (ended) {
      if (ended instanceof Ended) return ended.end;
      if (ended instanceof Loop) return { do: 'reject', reason: 'loop' };
      throw ended;
    }
  }

  *#begin(): Ringing<RejectReason> {
    const { call } = this;
    const { domain, caller, dialled } = call;
    const start: Place = { path: [], inner: false };
    const { number, kind } = normaliseNumber(dialled);
    const user = call.user(dialled);
    const group = domain.groups.find(({ extension }) => extension === dialled);
    if (caller.kind === 'trunk') {
      // Within the country, an operator leaves the prefix away.
      const own = call.number(`+7${dialled}`) ?? call.number(number) ?? call.number(dialled);
      if (own !== undefined) {
        if (own.trunk !== undefined && own.trunk !== caller.trunk) reject('not-found');
        return yield* takeNumber(call, own, start);
      }
      if (call.trunk(caller.trunk)?.register !== undefined) reject('not-found');
      if (user !== undefined) return yield* reachUser(call, user, start);
      if (group !== undefined) return yield* reachGroup(call, group, start);
      return reject('not-found');
    }
    if (this.#isAnothers()) reject('not-found');
    if (dialled === '*43') throw new Ended({ do: 'echo' });
    if (user !== undefined) return yield* reachUser(call, user, start);
    if (group !== undefined) return yield* reachGroup(call, group, start);
    if (kind === 'other') reject('not-found');
    return yield* sendOn(call, number, start, caller.user);
  }

  #isAnothers(): boolean {
    const { domains } = this.call.world.directory.model;
    const meant = domains.find(({ name, settings }) =>
      [name, ...(settings.aliases ?? [])].some((host) => host === this.#host?.toLowerCase()),
    );
    return domains.length > 1 && meant !== undefined && meant.name !== this.call.domain.name;
  }
}

function* sendOn(call: ToldCall, to: string, at: Place, by: Orderer, ring?: number): Ringing<RingOutcome> {
  call.rings(ring);
  const user = call.user(to);
  if (user !== undefined) return yield* reachUser(call, user, at);
  const group = call.domain.groups.find(({ extension }) => extension === to);
  if (group !== undefined) return yield* reachGroup(call, group, at);
  const number = call.number(to);
  if (number !== undefined) return yield* takeNumber(call, number, at);
  return yield* goOutside(call, to, at, by);
}
