import { hash } from 'node:crypto';
import type { Random } from '@vats/kernel';
import type { SipRequest } from '../message/message.ts';

const KEY_OCTETS = 16;
const TAG_CHARACTERS = 16;

/**
 * To tags of responses that no transaction sends: a request and its retransmissions get the same one (RFC 3261 §8.2.7),
 * nobody else can tell it beforehand, and nothing is remembered.
 */
export class StatelessTags {
  readonly #key: string;

  constructor(random: Random) {
    this.#key = random.bytes(KEY_OCTETS).toString('latin1');
  }

  /** The tag for what identifies this request: Call-ID, From tag, CSeq and top Via. */
  for(request: SipRequest): string {
    const callId = request.value('Call-ID') ?? '';
    const identity = `${callId}\n${request.fromTag ?? ''}\n${request.value('CSeq') ?? ''}\n${request.value('Via') ?? ''}`;
    return hash('sha256', `${this.#key}${identity}`, 'hex').slice(0, TAG_CHARACTERS);
  }
}
