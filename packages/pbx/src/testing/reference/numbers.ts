import type { DomainNumber } from '../../model/model.ts';
import type { RingOutcome } from '../../routing/plan.ts';
import { scheduleAt } from '../../schedule/schedule-at.ts';
import { normaliseNumber } from '../../schema/number.ts';
import { knownTo } from './known.ts';
import { matches } from './lists.ts';
import { followScheme } from './schemes.ts';
import { type Place, type Ringing, reject, type ToldCall } from './told-call.ts';

/** A call by one of the domain's numbers: who may not call it, who is known, and where it leads. */
export function* takeNumber(call: ToldCall, number: DomainNumber, from: Place): Ringing<RingOutcome> {
  const { domain, caller } = call;
  const at = call.enter(`number ${number.number}`, from);
  call.did = number.number;
  const shown = shownBy(call);
  const is = (patterns: readonly string[]) => shown !== '' && patterns.some((pattern) => matches(pattern, shown));
  const used = () => call.world.channelsInUse(domain, 'number', number.number);
  if (number.channels !== undefined && used() >= number.channels) reject('no-channel');
  // Its own people are not whom the domain's lists are about.
  const { block, accept } = caller.kind === 'trunk' ? domain.settings : {};
  if (block !== undefined && is(block)) reject('caller-blocked');
  if (accept !== undefined && !is(accept)) reject('caller-blocked');
  if (shown === '' && number.anonymous === 'refuse') reject('caller-blocked');
  if (number.block !== undefined && is(number.block)) reject('caller-blocked');
  if (number.accept !== undefined && !is(number.accept)) reject('caller-blocked');
  const known = knownTo(call, domain.settings.knownEmployee, undefined);
  if (known !== undefined) yield* call.ring(known.targets, known.ring, true);
  const regions = Object.entries(domain.settings.regions ?? {});
  // The random files have patterns in their regions.
  const isIn = (name: string) => {
    const described = regions.find(([each]) => each === name);
    if (described !== undefined) return is(described[1]);
    return shown !== '' && call.world.numberPlace(shown)?.region === name;
  };
  const own = number.byCaller?.find(({ from, region }) => is(from ?? []) || (region !== undefined && isIn(region)));
  const timed = number.schedule?.find(({ hours }) => scheduleAt(hours, call.zone(), call.world.now).open);
  if (own?.to !== undefined) return yield* call.to(call, own.to, at, undefined);
  const scheme = own?.scheme ?? timed?.scheme ?? number.scheme;
  if (scheme !== undefined) return yield* followScheme(call, scheme, at);
  if (number.to !== undefined) return yield* call.to(call, number.to, at, undefined);
  return call.back('not-found');
}

/** '' for a caller who shows no number. */
function shownBy({ caller }: ToldCall): string {
  if (caller.kind === 'device') return caller.user.extension;
  return caller.number === undefined ? '' : normaliseNumber(caller.number).number;
}
