export type { SamplingRate } from './codec/sound-codec.ts';
export { soundCodec } from './codec/sound-codecs.ts';
export type { KeySources } from './plane/key-listener.ts';
export type { CollectOrder, TonePress } from './plane/leg-sound.ts';
export type {
  AddressFamily,
  BridgeWays,
  Conversions,
  LegQuality,
  LegStatistics,
  LocalMedia,
  MediaCall,
  MediaEvent,
  MediaLeg,
  MediaPlane,
  MediaPlaneStatistics,
  MediaStream,
  OpenLegOptions,
  OpenStreamOptions,
  RecordedRoom,
  RecordingSource,
  RecordOptions,
  StreamStatistics,
  StreamTally,
} from './plane/media-plane.ts';
export { MediaStartError } from './plane/media-start-error.ts';
export type { PlayEnd, PlayOrder } from './plane/playback.ts';
export type { RoomChange, RoomOrder } from './plane/room-order.ts';
export { type MediaPlaneOptions, startMediaPlane } from './plane/start-media-plane.ts';
export type { ToneSources } from './plane/tone-ear.ts';
export {
  type FinishedRecording,
  manifestFrom,
  recordedDomain,
} from './recording/finish-recording.ts';
export { Finisher, type FinishReport, type FinishTask, type StartFinishing } from './recording/finisher.ts';
export { startFinishing } from './recording/finishing-thread.ts';
export { type Manifest, manifestText, type StoredElsewhere } from './recording/manifest.ts';
export type { Channel, RecordedOn, RecordedParty, RecordingEnd, RecordingFormat } from './recording/note.ts';
export { fileKeyOf, fileKeyOfBeginning, openRecording } from './recording/open-recording.ts';
export { journalOf, manifestPathOf, SEALED } from './recording/recording-files.ts';
export { type RepairedRecording, repairRecordings, type UnrepairedRecording } from './recording/repair-recordings.ts';
export { HEADER_OCTETS } from './recording/sealed-format.ts';
export { newSeal, type Seal } from './recording/sealed-writer.ts';
export type { RecordingFault } from './recording/sound-writer.ts';
export { type VerifiedRecording, verifyRecording } from './recording/verify-recording.ts';
export type { KeyPress } from './rtp/key-writer.ts';
export { type DtmfKey, dtmfKey } from './rtp/telephone-event.ts';
export type { Law } from './sdp/codec.ts';
export type { Conversion, ConvertedEvents, ConvertedFormat } from './sdp/conversion.ts';
export type { CryptoSuite } from './sdp/crypto-suite.ts';
export { LegDescription } from './sdp/leg-description.ts';
export { DROPPED, type LegMedia, type PayloadTypeMap, TOLD } from './sdp/leg-media.ts';
export type { CodecPolicy, KeysAs, LegDescriptionOptions, OfferedCodecs, OfferedSrtp } from './sdp/leg-options.ts';
export { payloadTypeMap } from './sdp/payload-type-map.ts';
export { SDP_FAULTS, type SdpFault } from './sdp/sdp-faults.ts';
export { sessionIdFrom } from './sdp/session-id.ts';
export { carriesTones, type HeardFormats, type SpokenFormat } from './sdp/spoken-format.ts';
export type { LegSrtp, SrtpKeys, SrtpPolicy } from './sdp/srtp-keys.ts';
export type { StreamMedia } from './sdp/stream-media.ts';
export type { StreamOrder, StreamPorts, StreamTransport } from './sdp/stream-ports.ts';
export type { AgreedStream } from './sdp/stream-slot.ts';
export { BUILT_IN_MUSIC, builtInPrompt, saidItems } from './sound/built-in-prompts.ts';
export type { CallTone } from './sound/call-tones.ts';
export { JitterBuffer, type JitterStatistics } from './sound/jitter-buffer.ts';
export type { CollectEnd } from './sound/key-collector.ts';
export { monoWav } from './sound/mono-wav.ts';
export type { PlayedItem } from './sound/played-item.ts';
export { BUILT_IN_PROMPTS, recordedTexts } from './sound/prompt-texts.ts';
export { type Heard, type Party, type Presence, Room } from './sound/room.ts';
export { LARGEST, type Language, type Said, type Unit } from './sound/said.ts';
export { say } from './sound/say.ts';
export { WavDecoding } from './sound/wav-decoding.ts';
export { readWavForm, type SampleForm, WAV_FAULTS, type WavFault, type WavForm } from './sound/wav-form.ts';
