import { expect } from 'vitest';
import { LegDescription } from '../leg-description.ts';
import type { CodecPolicy, OfferedCodecs } from '../leg-options.ts';

export function leg(port: number, signalling = '127.0.0.1'): LegDescription {
  return new LegDescription({ local: { address: '198.51.100.1', port }, sessionId: String(port), signalling });
}

/** One whose sound is converted. */
export function convertingLeg(port: number, codecs: OfferedCodecs = {}): LegDescription {
  const local = { address: '198.51.100.1', port };
  return new LegDescription({ local, sessionId: String(port), signalling: '127.0.0.1', codecs, converts: true });
}

export function sdp(lines: readonly string[], { address = '127.0.0.2', version = 1 } = {}): string {
  const head = ['v=0', `o=phone 7 ${version} IN IP4 ${address}`, 's=call', `c=IN IP4 ${address}`, 't=0 0'];
  return [...head, ...lines].map((line) => `${line}\r\n`).join('');
}

export const ALAW = ['m=audio 4000 RTP/AVP 8 101', 'a=rtpmap:101 telephone-event/8000', 'a=fmtp:101 0-15'];

export function value<T>(parsed: { ok: true; value: T } | { ok: false; error: { code: string } }): T {
  if (!parsed.ok) throw new Error(parsed.error.code);
  return parsed.value;
}

export function line(text: string, start: string): string[] {
  return text.split('\r\n').filter((each) => each.startsWith(start));
}

/** A call from `a` to `b` with these two bodies, both read as they would be in INVITE and 200. */
export function exchange(offer: string, answer: string, policy: CodecPolicy = 'any') {
  const a = leg(20_000);
  const b = leg(20_002);
  expect(value(a.receiveOffer(offer))).toEqual({ refresh: false });
  const offered = value(b.offerFrom(a, policy));
  value(b.receiveAnswer(answer));
  const answered = value(a.answerFrom(b));
  return { a, b, offered, answered };
}
