import type { CollectOrder, TonePress } from '../plane/leg-sound.ts';
import type {
  Conversions,
  OpenLegOptions,
  OpenStreamOptions,
  RecordedRoom,
  RecordingSource,
} from '../plane/media-plane.ts';
import type { PlayOrder } from '../plane/playback.ts';
import type { RoomChange, RoomOrder } from '../plane/room-order.ts';
import type { ToneSources } from '../plane/tone-ear.ts';
import type { Channel, RecordedParty, RecordingEnd } from '../recording/note.ts';
import type { KeyPress } from '../rtp/key-writer.ts';
import type { DtmfKey } from '../rtp/telephone-event.ts';
import type { LegMedia, PayloadTypeMap } from '../sdp/leg-media.ts';
import type { StreamMedia } from '../sdp/stream-media.ts';

/** A leg by name, and who is said to speak on it; or a room. */
export type RecordedLeg = { readonly leg: string; readonly party: RecordedParty } | RecordedRoom;

/** A command as it was given, legs by name. */
export type MediaCommand =
  | { readonly do: 'open-leg'; readonly leg: string; readonly options: OpenLegOptions }
  | { readonly do: 'update'; readonly leg: string; readonly media: LegMedia; readonly newOffer: boolean }
  | {
      readonly do: 'bridge';
      readonly a: string;
      readonly b: string;
      readonly aToB: PayloadTypeMap;
      readonly bToA: PayloadTypeMap;
      readonly conversions?: Conversions;
    }
  | { readonly do: 'unbridge'; readonly leg: string }
  | { readonly do: 'echo'; readonly leg: string }
  | {
      readonly do: 'record';
      readonly path: string;
      readonly left?: RecordedLeg;
      readonly right?: RecordedLeg;
      readonly mix?: RecordedLeg;
      readonly quietMs?: number;
    }
  | { readonly do: 'record-from'; readonly channel: Channel; readonly source?: RecordedLeg }
  | { readonly do: 'pause-recording' | 'resume-recording' }
  | { readonly do: 'stop-recording'; readonly why: RecordingEnd }
  | { readonly do: 'send-digit'; readonly leg: string; readonly press: KeyPress }
  | { readonly do: 'play'; readonly leg: string; readonly order: PlayOrder }
  | { readonly do: 'stop-playing'; readonly leg: string }
  | { readonly do: 'collect'; readonly leg: string; readonly order: CollectOrder }
  | { readonly do: 'stop-collecting'; readonly leg: string }
  | { readonly do: 'pressed'; readonly leg: string; readonly key: DtmfKey }
  | { readonly do: 'send-tone'; readonly leg: string; readonly press: TonePress }
  | { readonly do: 'hear-tones'; readonly leg: string; readonly sources: ToneSources }
  | { readonly do: 'join-room'; readonly leg: string; readonly order: RoomOrder }
  | { readonly do: 'change-in-room'; readonly leg: string; readonly change: RoomChange }
  | { readonly do: 'open-stream'; readonly leg: string; readonly port: number; readonly options: OpenStreamOptions }
  | { readonly do: 'update-stream'; readonly leg: string; readonly port: number; readonly media: StreamMedia }
  | { readonly do: 'bridge-streams'; readonly a: number; readonly b: number }
  | { readonly do: 'close-stream'; readonly leg: string; readonly port: number }
  | { readonly do: 'supervise' }
  | { readonly do: 'close-leg'; readonly leg: string }
  | { readonly do: 'close' };

export function named(source: RecordingSource): RecordedLeg {
  return 'leg' in source ? { leg: source.leg.name, party: source.party } : source;
}
