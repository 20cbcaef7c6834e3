import type { Endpoint } from '@vats/kernel';
import type { Frame } from './frame.ts';
import { PROTOCOL, readIp } from './ip-packet.ts';
import { IpReassembly } from './ip-reassembly.ts';
import { unwrapLink } from './link-layer.ts';
import { readSegment, type Stretch, TcpReassembly } from './tcp-reassembly.ts';

/** A UDP datagram, or octets of a TCP connection in order. `frame` is the one that completed it. */
export type Conversation =
  | {
      readonly kind: 'datagram';
      readonly frame: Frame;
      readonly from: Endpoint;
      readonly to: Endpoint;
      readonly octets: Buffer;
    }
  | ({ readonly kind: 'stream'; readonly frame: Frame } & Stretch);

/** What a reader could make nothing of, and why: for a person. */
export interface Oddity {
  readonly frame: number;
  readonly offset: number;
  readonly what: string;
}

/**
 * Takes captured frames apart down to what was said over UDP and TCP. Frames that are no IP, or cut short, are passed
 * over and told of.
 */
export function* conversations(frames: Iterable<Frame>, odd: (oddity: Oddity) => void): Generator<Conversation> {
  const fragments = new IpReassembly();
  const connections = new TcpReassembly();
  let last: Frame | undefined;
  for (const frame of frames) {
    last = frame;
    const strange = (what: string): void => odd({ frame: frame.number, offset: frame.offset, what });
    const link = unwrapLink(frame.linkType, frame.octets);
    if ('skipped' in link) {
      strange(link.skipped);
      continue;
    }
    const whole = frame.octets.length >= frame.originalLength;
    const part = readIp(link.ip);
    if (part === undefined) {
      strange(whole ? 'a damaged IP header' : `cut: ${frame.octets.length} of ${frame.originalLength} octets`);
      continue;
    }
    const packet = fragments.take(part);
    if (packet === undefined) continue;
    const { source, destination, payload } = packet;
    if (packet.protocol === PROTOCOL.udp) {
      const length = payload.length < 8 ? 0 : payload.readUInt16BE(4);
      if (length < 8 || length > payload.length) {
        strange('a damaged UDP header');
        continue;
      }
      const from = { address: source, port: payload.readUInt16BE(0) };
      const to = { address: destination, port: payload.readUInt16BE(2) };
      yield { kind: 'datagram', frame, from, to, octets: payload.subarray(8, length) };
    } else if (packet.protocol === PROTOCOL.tcp) {
      const segment = readSegment(source, destination, payload);
      if (segment === undefined) strange('a damaged TCP header');
      else for (const stretch of connections.take(segment)) yield { kind: 'stream', frame, ...stretch };
    }
  }
  if (last === undefined) return;
  if (fragments.incomplete > 0) {
    odd({
      frame: last.number,
      offset: last.offset,
      what: `${fragments.incomplete} fragmented datagrams stayed incomplete`,
    });
  }
  for (const stretch of connections.rest()) yield { kind: 'stream', frame: last, ...stretch };
}
