export { loadOpus } from '../codec/opus.ts';
export { longestPacket, type SoundCodec } from '../codec/sound-codec.ts';
export { soundCodec } from '../codec/sound-codecs.ts';
export { amplitudeAt, difficultSound, tone } from '../codec/testing/sounds.ts';
export { Transcoder } from '../codec/transcoder.ts';
export { MixedRooms } from '../plane/mixed-room.ts';
export type { Member } from '../plane/room-member.ts';
export type { RoomLeg } from '../plane/room-order.ts';
export { fileKey, sealedHeader, sealSegment } from '../recording/sealed-format.ts';
export { Pacer } from '../sound/pacer.ts';
export {
  FakeMediaCall,
  FakeMediaLeg,
  FakeMediaPlane,
  type FakeMediaPlaneOptions,
  type MediaCommand,
} from './fake-media-plane.ts';
export { isEnd, keyPackets } from './key-packets.ts';
export { SrtpPhone } from './srtp-phone.ts';
export { type Heard, rtcpPacket, rtpPacket, UdpPhone } from './udp-phone.ts';
