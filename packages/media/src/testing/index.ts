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
