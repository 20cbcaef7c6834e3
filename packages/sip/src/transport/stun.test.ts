import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answerStun, looksLikeStun } from './stun.ts';
import { bindingRequest } from './testing/stun-request.ts';

const FROM = { address: '192.0.2.1', port: 32_853 };
const ID = Buffer.from('b7e7a701bc34d686fa87dfae', 'hex');

function answer(request: Buffer, from = FROM): Buffer {
  const said = answerStun(request, from);
  if (typeof said === 'string') throw new Error(said);
  return said;
}

test('RFC 8489 §6.3: a Binding request is answered with where it was seen to come from', () => {
  const said = answer(bindingRequest({ id: ID }));
  // The mapped address of RFC 5769 §2.2, which is the same place.
  expect(said.toString('hex')).toBe(`0101000c2112a442${ID.toString('hex')}002000080001a147e112a643`);
});

test('RFC 8489 §14.2: an IPv6 address is xored with the transaction id as well, and its zone left out', () => {
  const address = '2001:db8:1234:5678:11:2233:4455:6677';
  const said = answer(bindingRequest({ id: ID }), { address, port: 32_853 });
  // RFC 5769 §2.3.
  expect(said.toString('hex', 20)).toBe('002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9');
  expect(answer(bindingRequest({ id: ID }), { address: `${address}%eth0`, port: 32_853 })).toEqual(said);
});

test('a dual-stack socket tells IPv4 as IPv6: it is IPv4 that is answered', () => {
  expect(answer(bindingRequest({ id: ID }), { ...FROM, address: '::ffff:192.0.2.1' })).toEqual(
    answer(bindingRequest({ id: ID })),
  );
});

test('RFC 8489 §14.7: who sends a right fingerprint gets one; a wrong one, or one that is not the last, gets no answer', () => {
  const said = answer(bindingRequest({ id: ID, fingerprint: true }));
  expect(said.readUInt16BE(2)).toBe(said.length - 20);
  expect(said.readUInt16BE(said.length - 8)).toBe(0x8028);
  expect(said.readUInt32BE(said.length - 4)).toBe((crc32(said.subarray(0, -8)) ^ 0x5354554e) >>> 0);

  const wrong = bindingRequest({ id: ID, fingerprint: true });
  wrong[wrong.length - 1]! ^= 1;
  expect(answerStun(wrong, FROM)).toBe('unanswered');
  const inside = bindingRequest({
    id: ID,
    attributes: [
      [0x8028, Buffer.alloc(4)],
      [0x8022, Buffer.from('x')],
    ],
  });
  // Right as far as it goes.
  inside.writeUInt32BE((crc32(inside.subarray(0, 20)) ^ 0x5354554e) >>> 0, 24);
  expect(answerStun(inside, FROM)).toBe('unanswered');
});

test('RFC 8489 §6.3.1: attributes that must be understood and are not get 420 and are named', () => {
  const attributes = [
    [0x0003, Buffer.alloc(4)],
    [0x7777, Buffer.alloc(1)],
    [0x0003, Buffer.alloc(4)],
  ] as const;
  const said = answer(bindingRequest({ id: ID, attributes }));
  expect(said.toString('hex')).toBe(`011100102112a442${ID.toString('hex')}0009000400000414000a000400037777`);
});

test('RFC 8489 §14: attributes that need not be understood, and credentials that nobody asked for, are passed over', () => {
  const attributes = [
    [0x8022, Buffer.from('a phone')],
    [0x0006, Buffer.from('user')],
    [0x0008, Buffer.alloc(20)],
  ] as const;
  expect(answer(bindingRequest({ id: ID, attributes })).readUInt16BE(0)).toBe(0x0101);
});

test('RFC 8489 §6.3: what is malformed gets no answer (RFC 8489 §5)', () => {
  const whole = bindingRequest({ id: ID, attributes: [[0x8022, Buffer.from('abcd')]] });
  const changed = (at: number, value: number): Buffer => {
    const octets = Buffer.from(whole);
    octets.writeUInt16BE(value, at);
    return octets;
  };
  const malformed = {
    'a length that is less': changed(2, 4),
    'a length that is more': changed(2, 12),
    'a length that is no multiple of 4': changed(2, 7),
    'an attribute that is longer than the message': changed(22, 5),
    'an attribute without end': Buffer.concat([changed(2, 12), Buffer.from([0x80, 0x22, 0, 4])]),
    'octets behind it': Buffer.concat([whole, Buffer.alloc(4)]),
    'an indication': changed(0, 0x0011),
    'an answer': changed(0, 0x0101),
    'another method': changed(0, 0x0003),
    'more than a keep-alive ever is': bindingRequest({ id: ID, attributes: [[0x8022, Buffer.alloc(600)]] }),
  };
  for (const [name, octets] of Object.entries(malformed)) expect(answerStun(octets, FROM), name).toBe('unanswered');
});

test('RFC 5626 §8: SIP, keep-alives and half a header are no STUN', () => {
  for (const text of ['OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/UDP a\r\n\r\n', '\r\n\r\n', '', '\0\0\0\0']) {
    expect(looksLikeStun(Buffer.from(text, 'latin1')), text).toBe(false);
  }
  expect(looksLikeStun(bindingRequest({ id: ID }).subarray(0, 19))).toBe(false);
  // RFC 3489 had no cookie.
  const old = bindingRequest({ id: ID });
  old.writeUInt32BE(0x2112a443, 4);
  expect(answerStun(old, FROM)).toBe('not-stun');
});

test('no octets make it throw, and an answer is never much larger than what it answers (2,000 runs)', () => {
  const attribute = fc.tuple(fc.integer({ min: 0, max: 0xffff }), fc.uint8Array({ maxLength: 40 }));
  const request = fc.record({ attributes: fc.array(attribute, { maxLength: 12 }), fingerprint: fc.boolean() });
  const octets = fc.oneof(
    fc.uint8Array({ maxLength: 600 }).map((each) => Buffer.from(each)),
    request.map(({ attributes, fingerprint }) =>
      bindingRequest({
        id: ID,
        attributes: attributes.map(([type, value]) => [type, Buffer.from(value)]),
        fingerprint,
      }),
    ),
  );
  fc.assert(
    fc.property(octets, fc.nat({ max: 700 }), fc.nat(255), (sent, at, value) => {
      for (const each of [sent, at < sent.length ? Buffer.from(sent.with(at, value)) : sent]) {
        const said = answerStun(each, FROM);
        if (typeof said !== 'string') expect(said.length).toBeLessThanOrEqual(each.length + 24);
      }
    }),
    { numRuns: 2_000 },
  );
});
