import type { Domain, Plan } from '@vats/pbx';

/**
 * Whether the call is in a conference now, or may come to one: by a number, a scheme, what is keyed in a menu, or because whom it rings
 * sends it on to a number of the domain.
 */
export function mayMeet({ call, step: due, frames }: Plan): boolean {
  if (due.do === 'conference') return true;
  const ways = waysOf(call.domain);
  if (!ways.leadThere) return false;
  if (frames.some((frame) => frame.in === 'scheme' || frame.in === 'number')) return true;
  return frames.length > 0 && ways.areComeToInside;
}

interface Ways {
  /** One of the domain's numbers or schemes may lead to a conference. */
  readonly leadThere: boolean;
  /** Somebody in the domain sends calls on to one of its numbers. */
  readonly areComeToInside: boolean;
}

/** A domain that changes is another object. */
const KNOWN = new WeakMap<Domain, Ways>();

function waysOf(domain: Domain): Ways {
  let ways = KNOWN.get(domain);
  if (ways === undefined) {
    const extensions = new Set(domain.settings.conferences?.map(({ extension }) => extension));
    const leadThere = extensions.size > 0 && [domain.numbers, domain.schemes].some((each) => mayLead(each, extensions));
    ways = { leadThere, areComeToInside: leadThere && isSentToOwnNumbers(domain) };
    KNOWN.set(domain, ways);
  }
  return ways;
}

/** Whether anything in it names a conference, or lets callers dial one. */
function mayLead(part: unknown, extensions: ReadonlySet<string>): boolean {
  if (typeof part === 'string') return extensions.has(part);
  if (typeof part !== 'object' || part === null) return false;
  if ('extension' in part && (part.extension === true || Array.isArray(part.extension))) return true;
  return Object.values(part).some((each) => mayLead(each, extensions));
}

function isSentToOwnNumbers(domain: Domain): boolean {
  const own = new Set(domain.numbers.map(({ number }) => number));
  const isOwn = (to: string | undefined): boolean => to !== undefined && own.has(to);
  return (
    domain.users.some(
      ({ forward = {}, reach }) => Object.values(forward).some(isOwn) || (reach?.to ?? []).some(({ to }) => isOwn(to)),
    ) || domain.groups.some(({ noAnswer, members }) => isOwn(noAnswer) || members.some(({ to }) => isOwn(to)))
  );
}
