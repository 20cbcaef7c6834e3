import { setTimeout as wait } from 'node:timers/promises';
import type { PhoneCall } from '@vats/testkit';
import { type Seat, VOICES, type Voice } from './seat.ts';

/** What makes a call other than a plain one. */
export interface Kind {
  readonly name: string;
  /** Of 100 calls. */
  readonly share: number;
  readonly caller: Voice;
  readonly callee: Voice;
  readonly recorded?: true;
  /** The caller's sound is encrypted. */
  readonly srtp?: true;
  /** The caller holds and takes back. */
  readonly holds?: true;
  /** The caller goes over to this by a re-INVITE. */
  readonly changesTo?: Voice;
  /** It ends before anybody has answered. */
  readonly ends?: 'cancelled' | 'refused';
}

const { pcma, pcmu, g722, opus } = VOICES;

export const KINDS: readonly Kind[] = [
  { name: 'plain', share: 20, caller: pcma, callee: pcma },
  { name: 'recorded', share: 14, caller: pcma, callee: pcma, recorded: true },
  { name: 'recorded, hold', share: 10, caller: pcma, callee: pcma, recorded: true, holds: true },
  { name: 'recorded, another law', share: 6, caller: pcma, callee: pcma, recorded: true, changesTo: pcmu },
  { name: 'hold', share: 10, caller: pcma, callee: pcma, holds: true },
  { name: 'G.711 and G.722', share: 8, caller: pcma, callee: g722 },
  { name: 'Opus and G.711', share: 6, caller: opus, callee: pcmu },
  { name: 'SRTP and RTP', share: 8, caller: pcma, callee: pcma, srtp: true },
  { name: 'SRTP, recorded, hold', share: 6, caller: pcma, callee: pcma, srtp: true, recorded: true, holds: true },
  { name: 'cancelled', share: 6, caller: pcma, callee: pcma, ends: 'cancelled' },
  { name: 'refused', share: 6, caller: pcma, callee: pcma, ends: 'refused' },
];

/** The kind at this place of 100, so that every kind has its share. */
export function kindAt(place: number): Kind {
  // Steps of 37 go through all of 100 before they come back, and put kinds among each other.
  let left = (place * 37) % 100;
  const found = KINDS.find(({ share }) => {
    left -= share;
    return left < 0;
  });
  return found as Kind;
}

/** Rings this long before it is answered, milliseconds. */
const RINGS_MS = 300;

/**
 * One call from its INVITE to its end.
 *
 * @param talk milliseconds
 * @throws when anything does not come, or one side hears nothing
 */
export async function placeCall(kind: Kind, caller: Seat, callee: Seat, talk: number): Promise<void> {
  const ringing = await ring(kind, caller, callee);
  const { call, answering } = ringing;
  if (kind.ends === 'cancelled') {
    call.cancel();
    await caller.until('487', () => call.sent?.final?.status === 487);
    await callee.until('CANCEL', () => answering.received?.answered?.status === 487);
    return;
  }
  if (kind.ends === 'refused') {
    answering.respond(486);
    await caller.until('486', () => call.sent?.final?.status === 486);
    return;
  }
  await answer(kind, caller, callee, ringing);
  const { srtp = false } = kind;
  const renegotiate = async (direction: 'sendonly' | 'sendrecv', voices: readonly [caller: Voice, callee: Voice]) => {
    const before = answering.received;
    call.invite({ sdp: caller.sdp(voices[0], { srtp, direction }) });
    await callee.until('a re-INVITE', () => answering.received !== before);
    answering.respond(200, {
      sdp: callee.sdp(voices[1], { direction: direction === 'sendonly' ? 'recvonly' : 'sendrecv' }),
    });
    await caller.until('200 to its re-INVITE', () => call.sent?.final?.status === 200);
  };
  await wait(talk / 2);
  if (kind.holds) {
    await renegotiate('sendonly', [kind.caller, kind.callee]);
    await wait(talk / 4);
    await renegotiate('sendrecv', [kind.caller, kind.callee]);
  }
  if (kind.changesTo !== undefined) await renegotiate('sendrecv', [kind.changesTo, kind.changesTo]);
  await wait(talk / 2);
  if (caller.heard === 0 || callee.heard === 0) {
    throw new Error(`the caller heard ${caller.heard} packets, the callee ${callee.heard}`);
  }
  call.bye();
  await callee.until('BYE', () => answering.ended);
}

/** Both ends of one call. */
export interface Ends {
  readonly call: PhoneCall;
  readonly answering: PhoneCall;
}

/** Calls, and rings for a moment. @throws when the INVITE does not come */
export async function ring(kind: Kind, caller: Seat, callee: Seat): Promise<Ends> {
  const { srtp = false } = kind;
  const call = caller.phone.dial(callee.extension, { sdp: caller.sdp(kind.caller, { srtp }) });
  await callee.until('an INVITE', () => callee.phone.calls.at(-1)?.received !== undefined);
  const answering = callee.phone.call;
  answering.respond(180);
  await wait(RINGS_MS);
  return { call, answering };
}

/** Answers; both speak from then on. @throws when the answer does not come */
export async function answer(kind: Kind, caller: Seat, callee: Seat, { call, answering }: Ends): Promise<void> {
  answering.respond(200, { sdp: callee.sdp(kind.callee) });
  await caller.until('200', () => call.sent?.final?.status === 200);
  caller.speak(call);
  callee.speak(answering);
}
