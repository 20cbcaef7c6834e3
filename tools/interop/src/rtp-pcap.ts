/** An RTP packet and when it leaves, milliseconds from the first one. */
export interface TimedPacket {
  readonly at: number;
  readonly packet: Buffer;
}

const MAGIC = 0xa1b2c3d4;
const ETHERNET = 1;
const IPV4 = 0x0800;
const UDP = 17;
const [ETHERNET_OCTETS, IP_OCTETS, UDP_OCTETS] = [14, 20, 8];

/** A capture as SIPp's `play_pcap_audio` reads it (pcap 2.4, Ethernet, IPv4, UDP). SIPp puts in the addresses, ports and checksums. */
export function rtpPcap(packets: readonly TimedPacket[]): Buffer {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(MAGIC, 0);
  head.writeUInt16LE(2, 4);
  head.writeUInt16LE(4, 6);
  head.writeUInt32LE(65_535, 16);
  head.writeUInt32LE(ETHERNET, 20);
  return Buffer.concat([head, ...packets.map(frameOf)]);
}

function frameOf({ at, packet }: TimedPacket): Buffer {
  const length = ETHERNET_OCTETS + IP_OCTETS + UDP_OCTETS + packet.length;
  const frame = Buffer.alloc(16 + length);
  frame.writeUInt32LE(Math.floor(at / 1_000), 0);
  frame.writeUInt32LE(Math.round((at % 1_000) * 1_000), 4);
  frame.writeUInt32LE(length, 8);
  frame.writeUInt32LE(length, 12);
  const ethernet = frame.subarray(16);
  ethernet.writeUInt16BE(IPV4, 12);
  const ip = ethernet.subarray(ETHERNET_OCTETS);
  ip[0] = 0x45;
  ip.writeUInt16BE(length - ETHERNET_OCTETS, 2);
  ip[8] = 64;
  ip[9] = UDP;
  Buffer.from([127, 0, 0, 1, 127, 0, 0, 1]).copy(ip, 12);
  const udp = ip.subarray(IP_OCTETS);
  udp.writeUInt16BE(4_000, 0);
  udp.writeUInt16BE(4_000, 2);
  udp.writeUInt16BE(UDP_OCTETS + packet.length, 4);
  packet.copy(udp, UDP_OCTETS);
  return frame;
}
