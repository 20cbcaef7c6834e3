import type { Domain, Plan } from '@vats/pbx';

/**
 * Whether the call is in a conference now, or may come to one: by a number, a scheme, what is keyed in a menu, or because whom it rings
 * sends it on to a number of the domain.
 */
export function mayMeet({ call, step: due, frames }: Plan): boolean {
  const { domain } = call;
  if ((domain.settings.conferences ?? []).length === 0) return false;
  if (due.do === 'conference' || frames.some((frame) => frame.in === 'scheme' || frame.in === 'number')) return true;
  return frames.length > 0 && isSentToOwnNumbers(domain);
}

/** A domain that changes is another object. */
const KNOWN = new WeakMap<Domain, boolean>();

/** Whether anybody in the domain sends calls on to one of its numbers, which may lead anywhere. */
function isSentToOwnNumbers(domain: Domain): boolean {
  const known = KNOWN.get(domain);
  if (known !== undefined) return known;
  const own = new Set(domain.numbers.map(({ number }) => number));
  const isOwn = (to: string | undefined): boolean => to !== undefined && own.has(to);
  const found =
    domain.users.some(
      ({ forward = {}, reach }) => Object.values(forward).some(isOwn) || (reach?.to ?? []).some(({ to }) => isOwn(to)),
    ) || domain.groups.some(({ noAnswer, members }) => isOwn(noAnswer) || members.some(({ to }) => isOwn(to)));
  KNOWN.set(domain, found);
  return found;
}
