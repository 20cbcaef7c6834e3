export {
  FakeMediaCall,
  FakeMediaLeg,
  FakeMediaPlane,
  type FakeMediaPlaneOptions,
  type MediaCommand,
} from './fake-media-plane.ts';
export { type Heard, rtcpPacket, rtpPacket, UdpPhone } from './udp-phone.ts';
