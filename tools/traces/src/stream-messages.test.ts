import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StreamMessages } from './stream-messages.ts';

const REGISTER = 'REGISTER sip:x SIP/2.0\r\nCall-ID: 1\r\nl: 0\r\n\r\n';
const INVITE = 'INVITE sip:x SIP/2.0\r\nCall-ID: 2\r\nContent-Length: 6\r\n\r\nv=0\r\n\n';
const OK = 'SIP/2.0 200 OK\r\nCSeq: 1 BYE\r\n\r\n';
const SAID = [REGISTER, INVITE, OK, '\r\n\r\n', REGISTER];

test('messages and keep-alives are the same however the stream is cut', () => {
  const stream = SAID.join('');
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: stream.length - 1 }), { maxLength: 20 }), (cuts) => {
      const edges = [0, ...cuts.sort((a, b) => a - b), stream.length];
      const messages = new StreamMessages();
      const found = edges.slice(0, -1).flatMap((start, i) => {
        return [...messages.take(Buffer.from(stream.slice(start, edges[i + 1])))];
      });
      const sip = found.map(String).filter((text) => text.trim() !== '');
      expect(sip).toEqual([REGISTER, INVITE, OK, REGISTER]);
      expect(found.map(String).join('')).toBe(stream);
      expect(messages.rest()).toHaveLength(0);
    }),
  );
});

test('a message that never ends is left over', () => {
  const messages = new StreamMessages();
  expect([...messages.take(Buffer.from(INVITE.slice(0, -1)))]).toEqual([]);
  expect(messages.rest().toString()).toBe(INVITE.slice(0, -1));
});

test('what is no SIP comes out as it is, and does not wait for ever', () => {
  const messages = new StreamMessages();
  expect([...messages.take(Buffer.from('GET / HTTP/1.1\r\n\r\n'))].map(String)).toEqual(['GET / HTTP/1.1\r\n\r\n']);
  const endless = Buffer.alloc(300 * 1024, 'x');
  expect([...messages.take(endless)].map(({ length }) => length)).toEqual([endless.length]);
});

test('a Content-Length that can not be is taken for 0', () => {
  const messages = new StreamMessages();
  const odd = 'INVITE sip:x SIP/2.0\r\nContent-Length: -5\r\n\r\n';
  expect([...messages.take(Buffer.from(odd + OK))].map(String)).toEqual([odd, OK]);
});
