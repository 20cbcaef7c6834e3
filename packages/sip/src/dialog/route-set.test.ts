import { expect, test } from 'vitest';
import type { SipRequest } from '../message/message.ts';
import { parseMessage } from '../message/parse-message.ts';
import { formatUri } from '../message/uri.ts';
import { routeTo, targetWithoutRoutes } from './route-set.ts';

const TARGET = 'sip:anna@192.0.2.7:5070;transport=tcp';

test('RFC 3261 §12.2.1.1: without a route set the request goes to the target', () => {
  const { uri, route, nextHop } = routeTo(TARGET, []);
  expect([uri, route, nextHop && formatUri(nextHop)]).toEqual([TARGET, [], TARGET]);
});

test('RFC 3261 §12.2.1.1: to a loose router the target stays in the Request-URI, and all Routes are written', () => {
  const set = ['<sip:edge.example;lr>', '<sip:core.example>'];
  const { uri, route, nextHop } = routeTo(TARGET, set);
  expect([uri, route, nextHop && formatUri(nextHop)]).toEqual([TARGET, set, 'sip:edge.example;lr']);
});

test('RFC 3261 §12.2.1.1: a strict router finds itself in the Request-URI, and the target behind the other Routes', () => {
  const { uri, route } = routeTo(TARGET, ['<sip:old.example;method=INVITE?Subject=x>', '<sip:core.example;lr>']);
  expect([uri, route]).toEqual(['sip:old.example', ['<sip:core.example;lr>', `<${TARGET}>`]]);
});

function request(uri: string, ...routes: string[]): SipRequest {
  const lines = [
    `INVITE ${uri} SIP/2.0`,
    'Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1',
    'From: <sip:a@b>;tag=1',
    'To: <sip:201@pbx.example>',
    'Call-ID: 1',
    'CSeq: 1 INVITE',
    ...routes.map((route) => `Route: ${route}`),
  ];
  const parsed = parseMessage(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`));
  if (!parsed.ok) throw new Error(parsed.error.code);
  return parsed.value as SipRequest;
}

test.each([
  ['RFC 3261 §16.4: a Route to us goes', 'sip:202@pbx.example', ['<sip:pbx.example;lr>'], 'sip:202@pbx.example'],
  [
    'RFC 3261 §16.4: we stand in the Request-URI, as of a strict router',
    'sip:pbx.example',
    ['<sip:x;lr>, <sip:202@pbx.example>'],
    'sip:202@pbx.example',
  ],
  [
    'a Request-URI with a user part is what is dialled',
    'sip:9@pbx.example',
    ['<sip:202@pbx.example>'],
    'sip:9@pbx.example',
  ],
  [
    'a Request-URI of somebody else is none of ours',
    'sip:other.example',
    ['<sip:202@pbx.example>'],
    'sip:other.example',
  ],
  ['without Routes there is nothing to find', 'sip:pbx.example', [], 'sip:pbx.example'],
  ['a Route that can not be read', 'sip:pbx.example', ['<sip:'], 'sip:pbx.example'],
])('%s', (_name, uri, routes, target) => {
  const found = targetWithoutRoutes(request(uri, ...routes), (host) => host === 'pbx.example');
  expect(found && formatUri(found)).toBe(target);
});
