import type { Channel, RecordedParty, RecordingEnd } from '../recording/note.ts';
import type { KeyPress } from '../rtp/key-writer.ts';
import type { DtmfKey } from '../rtp/telephone-event.ts';
import type { LegMedia, PayloadTypeMap } from '../sdp/leg-media.ts';
import type { StreamMedia } from '../sdp/stream-media.ts';
import type { StreamTransport } from '../sdp/stream-ports.ts';
import type { RecordingOrder } from './call-recording.ts';
import type { CollectOrder, TonePress } from './leg-sound.ts';
import type { AddressFamily, Conversions, MediaEvent } from './media-plane.ts';
import type { PlayOrder } from './playback.ts';
import type { RoomChange, RoomOrder } from './room-order.ts';
import type { ToneSources } from './tone-ear.ts';

/** What a media worker is started with: plain data, as everything that crosses the threads. */
export interface WorkerSettings {
  readonly addresses: readonly { readonly family: AddressFamily; readonly address: string }[];
  /** Even ports of this worker's own pairs. */
  readonly pairs: readonly number[];
  /** Pairs to keep bound in waiting, for each address. */
  readonly warm: number;
  /** Pairs that may stay bound while they rest, for each address. */
  readonly resting: number;
  readonly restMs: number;
  readonly silenceTimeoutMs: number;
  readonly holdTimeoutMs: number;
}

/** Who is recorded, and on which leg; or a room, as one hears it who is no party, without the sound of one. */
export type RecordedSource =
  | { readonly leg: number; readonly party: RecordedParty }
  | { readonly room: string; readonly without: string | undefined };

/** What is on which channel; `mix` is on both. */
export interface RecordedSources {
  readonly left: RecordedSource | undefined;
  readonly right: RecordedSource | undefined;
  readonly mix?: RecordedSource | undefined;
}

/** From the plane to a worker. Calls and legs are numbered by the plane; no number is used twice. */
export type Command =
  | { readonly do: 'open-call'; readonly call: number }
  | {
      readonly do: 'open-leg';
      readonly call: number;
      readonly leg: number;
      readonly name: string;
      readonly family: AddressFamily;
      readonly port: number;
      readonly signalling: string;
    }
  | {
      readonly do: 'update';
      readonly call: number;
      readonly leg: number;
      readonly media: LegMedia;
      readonly newOffer: boolean;
      readonly signalling: string | undefined;
    }
  | {
      readonly do: 'bridge';
      readonly call: number;
      readonly a: number;
      readonly b: number;
      readonly aToB: PayloadTypeMap;
      readonly bToA: PayloadTypeMap;
      readonly conversions?: Conversions;
    }
  | { readonly do: 'unbridge'; readonly call: number; readonly leg: number }
  | { readonly do: 'echo'; readonly call: number; readonly leg: number }
  | ({ readonly do: 'record'; readonly call: number; readonly order: RecordingOrder } & RecordedSources)
  | {
      readonly do: 'record-from';
      readonly call: number;
      readonly channel: Channel;
      readonly source: RecordedSource | undefined;
    }
  | { readonly do: 'pause-recording'; readonly call: number }
  | { readonly do: 'resume-recording'; readonly call: number }
  | { readonly do: 'stop-recording'; readonly call: number; readonly why: RecordingEnd }
  | { readonly do: 'send-digit'; readonly call: number; readonly leg: number; readonly press: KeyPress }
  | { readonly do: 'play'; readonly call: number; readonly leg: number; readonly order: PlayOrder }
  | {
      readonly do: 'stop-playing';
      readonly call: number;
      readonly leg: number;
      readonly fadeMs: number | undefined;
    }
  | { readonly do: 'collect'; readonly call: number; readonly leg: number; readonly order: CollectOrder }
  | { readonly do: 'stop-collecting'; readonly call: number; readonly leg: number }
  | { readonly do: 'pressed'; readonly call: number; readonly leg: number; readonly key: DtmfKey }
  | { readonly do: 'send-tone'; readonly call: number; readonly leg: number; readonly press: TonePress }
  | { readonly do: 'hear-tones'; readonly call: number; readonly leg: number; readonly sources: ToneSources }
  | { readonly do: 'join-room'; readonly call: number; readonly leg: number; readonly order: RoomOrder }
  | { readonly do: 'change-in-room'; readonly call: number; readonly leg: number; readonly change: RoomChange }
  | {
      readonly do: 'open-stream';
      readonly call: number;
      readonly leg: number;
      readonly stream: number;
      readonly kind: string;
      readonly transport: StreamTransport;
      readonly family: AddressFamily;
      readonly port: number;
      readonly signalling: string;
    }
  | {
      readonly do: 'update-stream';
      readonly call: number;
      readonly stream: number;
      readonly media: StreamMedia;
      readonly newOffer: boolean;
    }
  | { readonly do: 'bridge-streams'; readonly call: number; readonly a: number; readonly b: number }
  | { readonly do: 'close-stream'; readonly call: number; readonly stream: number }
  | { readonly do: 'supervise'; readonly call: number }
  | { readonly do: 'close-leg'; readonly call: number; readonly leg: number }
  | { readonly do: 'close-call'; readonly call: number }
  | { readonly do: 'stop' };

/** From a worker to the plane. */
export type Report =
  /** The first pairs are bound: calls may come. */
  | { readonly say: 'ready' }
  /** Nothing could be bound: the code of the error, and where. */
  | { readonly say: 'failed'; readonly code: string; readonly address: string }
  /** These pairs are warm. */
  | { readonly say: 'warm'; readonly family: AddressFamily; readonly ports: readonly number[] }
  /** These pairs may be leased when none is warm; they are bound when their leg is opened. */
  | { readonly say: 'reserve'; readonly family: AddressFamily; readonly ports: readonly number[] }
  /** Some pairs could not be bound; the worker goes on with the others. */
  | { readonly say: 'unbound'; readonly address: string; readonly inUse: number; readonly failed: string | undefined }
  /** A timer of the thread's threw, which is a fault of ours: its stack. */
  | { readonly say: 'fault'; readonly stack: string }
  | { readonly say: 'event'; readonly call: number; readonly event: MediaEvent };
