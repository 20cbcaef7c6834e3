import { expect, test } from 'vitest';
import { requestLine, viaPort, withHeader } from './corpus.ts';

test.each([
  ['Via: SIP/2.0/UDP host:5070;branch=z9', 5070],
  ['v:SIP/2.0/UDP host;branch=z9hG4bK:5', undefined],
  ['Via  : SIP  /   2.0\r\n /UDP\r\n    192.0.2.2 : 5061 ;branch=390skdjuw', 5061],
  ['Via: SIP/2.0/UDP 192.0.2.15;;,;,,', undefined],
  ['To: <sip:a:1@b>\r\nVia: SIP/2.0/UDP host:99999', undefined],
])('the port of %j is %s', (lines, port) => {
  expect(viaPort(Buffer.from(`OPTIONS sip:a SIP/2.0\r\n${lines}\r\n\r\n`))).toBe(port);
});

test('a header is put in without touching another octet', () => {
  const added = withHeader(Buffer.from('A b SIP/2.0\r\nx:\0y\r\n\r\n'), 'N', 'v').toString('latin1');
  expect(added).toBe('A b SIP/2.0\r\nN: v\r\nx:\0y\r\n\r\n');
});

test('a Request-URI is read as it is written', () => {
  expect(requestLine(Buffer.from('INVITE sip:a; lr SIP/2.0\r\n\r\n'))).toEqual({ method: 'INVITE', uri: 'sip:a; lr' });
});
