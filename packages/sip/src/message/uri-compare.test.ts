import { expect, test } from 'vitest';
import { parseUri, type Uri } from './uri.ts';
import { sameUri } from './uri-compare.ts';

function uriOf(text: string): Uri {
  const parsed = parseUri(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.error.code}`);
  return parsed.value;
}

const EQUIVALENT = [
  ['sip:201@office.example', 'SIP:201@OFFICE.example'],
  ['sip:%32%30%31@office.example', 'sip:201@office.example'],
  ['sip:201@office.example;newparam=5', 'sip:201@office.example;security=on'],
  ['sip:201@office.example;transport=TCP;lr', 'sip:201@office.example;lr;Transport=tcp'],
  ['sip:office.example;method=REGISTER?to=sip:bob%40h&x=1', 'sip:office.example;method=register?X=1&to=sip%3Abob%40h'],
  ['sip:a@[2001:db8::1]', 'sip:a@[2001:DB8:0:0:0:0:0:1]'],
  ['sip:a@[::ffff:192.0.2.1]', 'sip:a@[::ffff:c000:201]'],
  ['tel:+7-495-1234567', 'TEL:+74951234567'],
  ['tel:+74951234567;ext=1-2', 'tel:+74951234567;EXT=12'],
  ['tel:201;phone-context=+7-495', 'tel:201;phone-context=+7495'],
  ['urn:service:sos', 'URN:service:sos'],
] as const;

const DIFFERENT = [
  ['sip:201@office.example', 'sips:201@office.example'],
  ['sip:ALICE@office.example', 'sip:alice@office.example'],
  ['sip:alice@office.example', 'sip:office.example'],
  ['sip:alice:pw@office.example', 'sip:alice@office.example'],
  ['sip:201@office.example', 'sip:201@office.example:5060'],
  ['sip:201@office.example', 'sip:201@office.example;transport=udp'],
  ['sip:201@office.example', 'sip:201@office.example;user=phone'],
  ['sip:201@office.example', 'sip:201@office.example;ttl=1'],
  ['sip:201@office.example', 'sip:201@office.example;maddr=192.0.2.1'],
  ['sip:201@office.example', 'sip:201@office.example;method=INVITE'],
  ['sip:201@office.example;x=1', 'sip:201@office.example;x=2'],
  ['sip:201@office.example;x', 'sip:201@office.example;x=2'],
  ['sip:201@office.example', 'sip:201@office.example?Subject=next'],
  ['sip:201@phone.office.example', 'sip:201@192.0.2.4'],
  ['sip:a@[2001:db8::1]', 'sip:a@[2001:db8::1:0]'],
  ['sip:201@office.example', 'tel:201'],
  ['tel:+74951234567', 'tel:74951234567'],
  ['tel:201;phone-context=a', 'tel:201'],
  ['urn:service:sos', 'urn:service:SOS'],
] as const;

test.each(EQUIVALENT)('%s is %s (RFC 3261 §19.1.4, RFC 3966 §4)', (one, other) => {
  expect(sameUri(uriOf(one), uriOf(other))).toBe(true);
  expect(sameUri(uriOf(other), uriOf(one))).toBe(true);
});

test.each(DIFFERENT)('%s is not %s', (one, other) => {
  expect(sameUri(uriOf(one), uriOf(other))).toBe(false);
  expect(sameUri(uriOf(other), uriOf(one))).toBe(false);
});

test('equivalence is not transitive', () => {
  const [bare, blue, red] = ['sip:a@h', 'sip:a@h;colour=blue', 'sip:a@h;colour=red'].map(uriOf);
  expect(sameUri(bare!, blue!) && sameUri(bare!, red!)).toBe(true);
  expect(sameUri(blue!, red!)).toBe(false);
});
