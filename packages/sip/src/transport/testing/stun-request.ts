import { crc32 } from 'node:zlib';

export interface StunRequest {
  /** 12 octets. */
  readonly id: Buffer;
  /** Type and value of each. */
  readonly attributes?: readonly (readonly [type: number, value: Buffer])[];
  readonly fingerprint?: boolean;
}

/** The octets of a Binding request (RFC 8489 §5), written without the code that answers it. */
export function bindingRequest({ id, attributes = [], fingerprint = false }: StunRequest): Buffer {
  const body = Buffer.concat(
    attributes.map(([type, value]) => {
      const padding = Buffer.alloc((4 - (value.length % 4)) % 4);
      return Buffer.concat([
        Buffer.from([type >> 8, type & 255, value.length >> 8, value.length & 255]),
        value,
        padding,
      ]);
    }),
  );
  const head = Buffer.from('000100002112a442', 'hex');
  head.writeUInt16BE(body.length + (fingerprint ? 8 : 0), 2);
  const octets = Buffer.concat([head, id, body]);
  if (!fingerprint) return octets;
  const end = Buffer.from('8028000400000000', 'hex');
  end.writeUInt32BE((crc32(octets) ^ 0x5354554e) >>> 0, 4);
  return Buffer.concat([octets, end]);
}
