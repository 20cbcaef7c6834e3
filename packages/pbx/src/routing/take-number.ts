import type { DomainNumber, DomainSettings, Frozen } from '../model/model.ts';
import { isInRegion } from '../numbering/number-place.ts';
import { scheduleAt } from '../schedule/schedule-at.ts';
import { normaliseNumber } from '../schema/number.ts';
import { type NumberPattern, parsePattern } from '../schema/pattern.ts';
import { findRegion, type InRegion, readRegionPart } from '../schema/region.ts';
import { arrived, type Journey, rejected, told, within, zoneOf } from './journey.ts';
import { knownEmployeeOf, ringKnown } from './known-employee.ts';
import { type Decision, goBack, goneRound, sendTo, startScheme } from './onward.ts';
import type { RejectReason, World } from './plan.ts';

/** Takes a call by one of the domain's numbers: who may not, who is known, and then wherever the number leads at this hour. */
export function takeNumber(journey: Journey, number: DomainNumber, because: string, world: World): Decision {
  const there = arrived(journey, `number ${number.number}`);
  if (there === undefined) {
    return goneRound(journey, `the call has been at ${number.number} already`, because);
  }
  const { priority } = number;
  const here = { ...there, did: number.number, ...(priority !== undefined && { priority }) };
  const refusal = refusalOf(here, number, world);
  if (refusal !== undefined) {
    const [reason, text] = refusal;
    return rejected(here, reason, text, because);
  }
  const known = knownEmployeeOf(here, here.call.domain.settings.knownEmployee, undefined, world);
  if (known === undefined) return followNumber(here, number, because, world);
  return ringKnown(within(here, { in: 'number', number, path: here.path }), known, because);
}

/** Where the number leads for this caller at this hour. */
export function followNumber(journey: Journey, number: DomainNumber, because: string, world: World): Decision {
  const caller = callerNumber(journey);
  const { regions } = journey.call.domain.settings;
  const from = (region: string | undefined) => region !== undefined && isFrom(regions, region, caller, world);
  const own = number.byCaller?.find(
    (entry) => (entry.from !== undefined && matchesAny(entry.from, caller)) || from(entry.region),
  );
  if (own !== undefined) {
    const whence = from(own.region) ? ` from ${own.region}` : '';
    const why = lead(because, `a caller such as ${caller}${whence} goes to`);
    if (own.to !== undefined) return sendTo(journey, own.to, `${why} ${own.to}`, undefined);
    if (own.scheme !== undefined) return startScheme(journey, own.scheme, why);
  }
  for (const { hours, scheme } of number.schedule ?? []) {
    const { open, because: when } = scheduleAt(hours, zoneOf(journey), world.now);
    if (open) return startScheme(journey, scheme, lead(because, `${when}, which is the time of`));
  }
  if (number.scheme !== undefined) return startScheme(journey, number.scheme, lead(because, 'it goes to'));
  if (number.to !== undefined) return sendTo(journey, number.to, lead(because, `it goes to ${number.to}`), undefined);
  const text = `number ${number.number} leads nowhere`;
  return journey.frames.length === 0
    ? rejected(journey, 'not-found', text, because)
    : goBack(told(journey, lead(because, text)), 'not-found');
}

function refusalOf(journey: Journey, number: DomainNumber, world: World): readonly [RejectReason, string] | undefined {
  const { domain } = journey.call;
  const caller = callerNumber(journey);
  if (number.channels !== undefined && world.channelsInUse(domain, 'number', number.number) >= number.channels) {
    return ['no-channel', `all its channels (${number.channels}) are in use`];
  }
  const ofDomain = journey.call.caller.kind === 'trunk' ? listed(domain.settings, caller, ' by the domain') : undefined;
  if (ofDomain !== undefined) return ofDomain;
  if (caller === '' && number.anonymous === 'refuse') return ['caller-blocked', 'it takes no callers without a number'];
  return listed(number, caller, '');
}

/** What black and white lists say of a caller. @param whose of the lists, after a space */
function listed(
  { block, accept }: { readonly block?: Frozen<string[]>; readonly accept?: Frozen<string[]> },
  caller: string,
  whose: string,
): readonly [RejectReason, string] | undefined {
  if (block !== undefined && matchesAny(block, caller)) return ['caller-blocked', `${caller} is blocked${whose}`];
  if (accept === undefined || matchesAny(accept, caller)) return undefined;
  const who = caller === '' ? 'a caller without a number' : caller;
  return ['caller-blocked', `${who} is not among those accepted${whose}`];
}

/** '' where there is none. */
function callerNumber({ call: { caller } }: Journey): string {
  if (caller.kind === 'device') return caller.user.extension;
  return caller.number === undefined ? '' : normaliseNumber(caller.number).number;
}

const compiled = new WeakMap<readonly string[], readonly NumberPattern[]>();

function matchesAny(texts: Frozen<string[]>, number: string): boolean {
  let patterns = compiled.get(texts);
  if (patterns === undefined) {
    patterns = texts.flatMap((text) => {
      const pattern = parsePattern(text);
      return pattern.ok ? [pattern.value] : [];
    });
    compiled.set(texts, patterns);
  }
  return number !== '' && patterns.some((pattern) => pattern.matches(number));
}

const inRegion = new WeakMap<readonly string[], readonly InRegion[]>();

/** A region of the domain's own is what the domain says; any other is what the numbering register says. */
function isFrom(regions: DomainSettings['regions'], name: string, number: string, world: World): boolean {
  if (number === '') return false;
  const parts = findRegion(regions, name);
  if (parts === undefined) {
    const place = world.numberPlace(number);
    return place !== undefined && isInRegion(place, name);
  }
  let read = inRegion.get(parts);
  if (read === undefined) {
    read = parts.flatMap((part) => readRegionPart(part) ?? []);
    inRegion.set(parts, read);
  }
  return read.some((holds) => holds(number));
}

function lead(because: string, text: string): string {
  return because === '' ? text : `${because}: ${text}`;
}
