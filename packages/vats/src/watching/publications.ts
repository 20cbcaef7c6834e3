import type { Cancel, Clock, Ledger, Random } from '@vats/kernel';
import {
  badEvent,
  type ExpiryBounds,
  eventOf,
  grantedExpiry,
  isMediaType,
  PIDF_TYPE,
  type PresenceState,
  type Refusal,
  type ReplyDraft,
  readPidf,
  type SipRequest,
} from '@vats/sip';

export interface PublicationsParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly ledger: Ledger;
  /** Told of each resource of which something else is published now. */
  readonly onChange: (resource: string) => void;
}

interface Publication {
  readonly state: PresenceState;
  readonly expires: Cancel;
}

const EXPIRY: ExpiryBounds = { shortest: 60, usual: 3_600, longest: 3_600 };
/** What several phones of one employee publish; the oldest makes room. */
const KEPT_OF_ONE = 8;
const KEPT = 20_000;
const TAG_CHARACTERS = 16;
const EVENT = 'presence';

/**
 * What phones publish of their people (RFC 3903): each publication lives until its time is up, and is known by an entity-tag of which
 * every change makes another one.
 */
export class Publications {
  readonly #parts: PublicationsParts;
  readonly #published = new Map<string, Map<string, Publication>>();
  #size = 0;

  constructor(parts: PublicationsParts) {
    this.#parts = parts;
    parts.ledger.enrol('publications', () => this.#size);
  }

  /** What is published of a resource now, the newest first. */
  of(resource: string): readonly PresenceState[] {
    return [...(this.#published.get(resource)?.values() ?? [])].map(({ state }) => state).reverse();
  }

  /** Deals with a PUBLISH by somebody who may (RFC 3903 §6). */
  publish(request: SipRequest, resource: string): ReplyDraft {
    const event = eventOf(request);
    if (!event.ok || event.value.package !== EVENT) return badEvent([EVENT]);
    const tag = request.value('SIP-If-Match')?.trim();
    const known = tag === undefined ? undefined : this.#published.get(resource)?.get(tag);
    if (tag !== undefined && known === undefined) return { status: 412 };
    const seconds = grantedExpiry(request, EXPIRY);
    if (typeof seconds !== 'number') return seconds;
    const state = stateIn(request, known?.state);
    if ('status' in state) return state;
    if (known === undefined && seconds > 0 && this.#size >= KEPT)
      return { status: 503, headers: [['Retry-After', '60']] };
    if (tag !== undefined) this.#drop(resource, tag);
    const next = this.#parts.random.token(TAG_CHARACTERS);
    if (seconds > 0) this.#keep(resource, next, state, seconds);
    this.#parts.onChange(resource);
    return {
      status: 200,
      headers: [
        ['SIP-ETag', next],
        ['Expires', `${seconds}`],
      ],
    };
  }

  /** Forgets what is published of resources that are there no more. */
  keepOnly(isThere: (resource: string) => boolean): void {
    for (const [resource, tags] of [...this.#published]) {
      if (!isThere(resource)) for (const tag of [...tags.keys()]) this.#drop(resource, tag);
    }
  }

  close(): void {
    this.keepOnly(() => false);
  }

  #keep(resource: string, tag: string, state: PresenceState, seconds: number): void {
    const tags = this.#published.get(resource) ?? new Map<string, Publication>();
    this.#published.set(resource, tags);
    const [oldest] = tags.keys();
    if (tags.size >= KEPT_OF_ONE && oldest !== undefined) this.#drop(resource, oldest);
    // Dropping the last one forgets the list as well.
    this.#published.set(resource, tags);
    const expires = this.#parts.clock.after(seconds * 1000, () => {
      this.#drop(resource, tag);
      this.#parts.onChange(resource);
    });
    tags.set(tag, { state, expires });
    this.#size++;
  }

  #drop(resource: string, tag: string): void {
    const tags = this.#published.get(resource);
    const publication = tags?.get(tag);
    if (tags === undefined || publication === undefined) return;
    publication.expires();
    tags.delete(tag);
    if (tags.size === 0) this.#published.delete(resource);
    this.#size--;
  }
}

/** What the body says; what was published before for a refresh, which has none. */
function stateIn(request: SipRequest, before: PresenceState | undefined): PresenceState | Refusal {
  const { body, contentType } = request;
  if (body.length === 0) return before ?? { status: 400, headers: [] };
  if (contentType?.ok !== true || !isMediaType(contentType.value, PIDF_TYPE))
    return { status: 415, headers: [['Accept', PIDF_TYPE]] };
  const encoding = request.value('Content-Encoding')?.trim().toLowerCase();
  if (encoding !== undefined && encoding !== 'identity')
    return { status: 415, headers: [['Accept-Encoding', 'identity']] };
  const parsed = readPidf(body);
  if (parsed.ok) return parsed.value;
  return { status: parsed.error.code === 'too-long' ? 413 : 400, headers: [] };
}
