import { type Endpoint, isIPv6 } from '@vats/kernel';
import type { Frame } from '../capture/frame.ts';
import { LINK_TYPE } from '../capture/link-layer.ts';
import { writePcap } from '../capture/write-pcap.ts';

/** Frames made for tests, from the inside out: what is carried, in UDP or TCP, in IP, on a link. */

const ETHER_IPV4 = 0x0800;
const ETHER_IPV6 = 0x86dd;

export function udp(from: Endpoint, to: Endpoint, payload: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16BE(from.port, 0);
  header.writeUInt16BE(to.port, 2);
  header.writeUInt16BE(8 + payload.length, 4);
  return Buffer.concat([header, payload]);
}

export interface TcpOptions {
  readonly sequence: number;
  readonly flags?: { readonly syn?: boolean; readonly ack?: boolean; readonly fin?: boolean; readonly rst?: boolean };
}

export function tcp(from: Endpoint, to: Endpoint, payload: Buffer, { sequence, flags = {} }: TcpOptions): Buffer {
  const header = Buffer.alloc(24); // with four octets of options
  header.writeUInt16BE(from.port, 0);
  header.writeUInt16BE(to.port, 2);
  header.writeUInt32BE(sequence >>> 0, 4);
  header[12] = (24 / 4) << 4;
  header[13] = (flags.fin ? 1 : 0) | (flags.syn ? 2 : 0) | (flags.rst ? 4 : 0) | (flags.ack ? 16 : 0);
  return Buffer.concat([header, payload]);
}

export function ipv4(from: string, to: string, protocol: number, payload: Buffer, fragment?: FragmentOptions): Buffer {
  const header = Buffer.alloc(24); // with four octets of options
  header[0] = 0x46;
  header.writeUInt16BE(24 + payload.length, 2);
  header.writeUInt16BE(fragment?.id ?? 0, 4);
  header.writeUInt16BE(((fragment?.start ?? 0) >> 3) | (fragment?.more === true ? 0x2000 : 0), 6);
  header[8] = 64;
  header[9] = protocol;
  for (const [i, part] of from.split('.').entries()) header[12 + i] = Number(part);
  for (const [i, part] of to.split('.').entries()) header[16 + i] = Number(part);
  return Buffer.concat([header, payload]);
}

export interface FragmentOptions {
  readonly id: number;
  readonly start: number;
  readonly more: boolean;
}

export function ipv6(from: string, to: string, protocol: number, payload: Buffer, fragment?: FragmentOptions): Buffer {
  const extension = Buffer.alloc(fragment === undefined ? 0 : 8);
  if (fragment !== undefined) {
    extension[0] = protocol;
    extension.writeUInt16BE(fragment.start | (fragment.more ? 1 : 0), 2);
    extension.writeUInt32BE(fragment.id, 4);
  }
  const header = Buffer.alloc(40);
  header[0] = 0x60;
  header.writeUInt16BE(extension.length + payload.length, 4);
  header[6] = fragment === undefined ? protocol : 44;
  header[7] = 64;
  octetsOfIPv6(from).copy(header, 8);
  octetsOfIPv6(to).copy(header, 24);
  return Buffer.concat([header, extension, payload]);
}

/** An address written out or with one '::'. */
function octetsOfIPv6(address: string): Buffer {
  const [before = '', after] = address.split('::');
  const left = before === '' ? [] : before.split(':');
  const right = after === undefined || after === '' ? [] : after.split(':');
  const middle = after === undefined ? [] : new Array<string>(8 - left.length - right.length).fill('0');
  const octets = Buffer.alloc(16);
  for (const [i, group] of [...left, ...middle, ...right].entries())
    octets.writeUInt16BE(Number.parseInt(group, 16), i * 2);
  return octets;
}

/** A datagram in an IP packet of the addresses' family. */
export function datagram(from: Endpoint, to: Endpoint, payload: Buffer | string): Buffer {
  const octets = udp(from, to, Buffer.from(payload));
  return (isIPv6(from.address) ? ipv6 : ipv4)(from.address, to.address, 17, octets);
}

/** A segment in an IP packet. */
export function segment(from: Endpoint, to: Endpoint, payload: Buffer | string, options: TcpOptions): Buffer {
  return ipv4(from.address, to.address, 6, tcp(from, to, Buffer.from(payload), options));
}

export function ethernet(packet: Buffer, vlans: readonly number[] = []): Buffer {
  const tags = vlans.map((vlan) => Buffer.from([0x81, 0x00, vlan >> 8, vlan & 0xff]));
  const type = Buffer.alloc(2);
  type.writeUInt16BE(packet[0]! >>> 4 === 6 ? ETHER_IPV6 : ETHER_IPV4);
  return Buffer.concat([Buffer.alloc(12), ...tags, type, packet]);
}

/** IP packets as the frames of a capture of raw IP, a millisecond apart. */
export function rawFrames(packets: readonly Buffer[]): Frame[] {
  return packets.map((octets, i) => ({
    number: i + 1,
    offset: 0,
    at: 1_000_000 + i * 1_000,
    linkType: LINK_TYPE.raw,
    octets,
    originalLength: octets.length,
  }));
}

/** IP packets as a pcap file. */
export function pcapOf(packets: readonly Buffer[]): Buffer {
  return writePcap(rawFrames(packets), LINK_TYPE.raw);
}
