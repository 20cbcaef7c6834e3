import { bad, good, type Parsed } from '@vats/kernel';
import { isToken } from '../message/chars.ts';
import type { SipMessage } from '../message/message.ts';
import type { ValueFault } from '../message/value-fault.ts';
import { detached } from '../message/wire-text.ts';

/** What an Event header says (RFC 6665 §8.2.1): the package, with its templates, and which of several usages is meant. */
export interface EventName {
  /** As written: packages are compared octet by octet (RFC 6665 §8.2.1). */
  readonly package: string;
  readonly id: string | undefined;
}

/** Longer ones are nobody's: what is remembered of a stranger's header is bounded. */
const LONGEST = 128;

/** The event of a SUBSCRIBE, NOTIFY or PUBLISH. A header that is too long to be kept is a fault as well. */
export function eventOf(message: SipMessage): Parsed<EventName, ValueFault> {
  const { event } = message;
  if (event === undefined) return bad('missing', 0, 'Event');
  if (!event.ok) return event;
  const { token, params } = event.value;
  const id = params.get('id');
  // It is told back in each NOTIFY, where nothing but a token may stand (RFC 6665 §8.4).
  const isWritable = id === undefined || isToken(id);
  if (!isWritable || token.length + (id?.length ?? 0) > LONGEST) return bad('not-a-token', 0, 'Event');
  return good({ package: detached(token), id: id === undefined ? undefined : detached(id) });
}

/** Whether two headers name one usage (RFC 6665 §8.2.1): package and id, each octet by octet. */
export function sameEvent(one: EventName, other: EventName): boolean {
  return one.package === other.package && one.id === other.id;
}

/** The header's value. @example formatEvent({ package: 'dialog', id: '7' }) === 'dialog;id=7' */
export function formatEvent({ package: name, id }: EventName): string {
  return id === undefined ? name : `${name};id=${id}`;
}
