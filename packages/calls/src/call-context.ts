import type { Log } from '@vats/kernel';
import type { CodecPolicy } from '@vats/media';
import type { Caller, Domain } from '@vats/pbx';
import type { IncomingInvite, SessionUser } from '@vats/sip';
import type { CallPlaces } from './account-calls.ts';
import type { Party, UnstampedEvent } from './call-event.ts';
import type { CallLegs } from './call-legs.ts';
import type { CallRecorder } from './call-recorder.ts';
import type { CallInput } from './call-state.ts';
import type { CallChannels } from './channels.ts';
import type { Diverted } from './diversions.ts';
import type { HoldMusic } from './hold-music.ts';
import type { LeavingLegs } from './leaving-legs.ts';
import type { Leg } from './leg.ts';
import type { LegHoldings } from './leg-holdings.ts';
import type { NegotiationTerms } from './negotiation.ts';
import type { OutwardLegs } from './outward-legs.ts';
import type { CallsParts } from './parts.ts';
import type { Speaker } from './speaker.ts';
import type { SoloRecorder } from './voicemail/solo-recorder.ts';

/** Who calls, as authentication found it, or the way by which a trunk's call came. */
export interface CallOrigin {
  readonly domain: Domain;
  readonly caller: Caller;
  readonly party: Party;
  /** The caller's address, where its INVITE came through a proxy that is believed and tells it. */
  readonly client?: string;
  /** User part of the Request-URI, unescaped, and its host; of a trunk's call the number where the trunk puts it. */
  readonly dialled: string;
  readonly host?: string;
  /** What a PBX that calls wants to be shown outside: a number of the domain, E.164. */
  readonly callerId?: string;
  /** The number that a PBX wrote in From, whoever's it is: by it a call that comes back is known. */
  readonly claimed?: string;
  /** Who has sent the party on: a transfer is made as if they had dialled, with their rights, and shows the party. */
  readonly referredBy?: Party;
  /** The caller asks for this call not to show a number outside (RFC 3323). */
  readonly hides?: true;
  /** How the call was sent on before it came here, the first diversion first; whatever is told, believed or not. */
  readonly diverted?: readonly Diverted[];
  /** Somebody in the call has asked for TLS all the way, by a `sips:` URI. */
  readonly secure?: true;
  /** What a trunk asserts is believed: whom it says the call was first for is part of the story, and passed on. */
  readonly trusted?: true;
}

/** What the parts of one call share: what it is, how to tell its machine what happened, how to add to its story. */
export interface CallContext {
  readonly id: string;
  /** For whom the plan is made now: who called, or who has ordered the transfer that is under way or came last. */
  readonly origin: CallOrigin;
  /** Who called, whose INVITE it was. */
  readonly first: CallOrigin;
  readonly parts: CallsParts;
  readonly log: Log;
  readonly invite: IncomingInvite;
  readonly legs: CallLegs;
  readonly recorder: CallRecorder;
  /** What of the caller is recorded for a mailbox. */
  readonly solo: SoloRecorder;
  /** Whether the switch itself has the caller now. */
  readonly isServed: boolean;
  /** What the switch says to the call's legs. */
  readonly speaker: Speaker;
  readonly holdMusic: HoldMusic;
  /** The places that the call takes up in its accounts' limits. */
  readonly places: CallPlaces;
  /** The channels that it takes up of trunks and numbers. */
  readonly channels: CallChannels;
  /** What else is held for a leg, and given back when it is gone. */
  readonly holdings: LegHoldings;
  /** Legs towards other systems, of all calls. */
  readonly outward: OutwardLegs;
  /** Legs outside that are cancelled and not gone yet, of all calls. */
  readonly leaving: LeavingLegs;
  /** What a leg may be offered: only what a recording can hold, when there will be one. */
  readonly policy: CodecPolicy;
  /** By what its two sides are brought together. */
  readonly terms: NegotiationTerms;
  /** The leg that talks with this one, when the call is up. */
  otherOf(leg: Leg): Leg | undefined;
  /** Who hears the leg before anybody has answered: the caller and the phone whose early media it has. */
  earlyOtherOf(leg: Leg): Leg | undefined;
  /** Who hears of what happens in this leg's dialog once it is confirmed. */
  sessionUser(leg: Leg): SessionUser;
  feed(input: CallInput): void;
  emit(event: UnstampedEvent): void;
}
