import { Directory } from '@vats/pbx';
import { modelOf } from '@vats/pbx/testing';
import { parseMessage, type SipRequest } from '@vats/sip';
import { expect, test } from 'vitest';
import { domainOf } from './domain-of.ts';

const TWO = new Directory(modelOf('domain: acme.example\naliases: [pbx.acme.example]\n', 'domain: other.example\n'));

function request(method: string, uri: string, from: string, to: string): SipRequest {
  const head = [`${method} ${uri} SIP/2.0`, 'Via: SIP/2.0/UDP a;branch=z9hG4bKa', `From: ${from}`, `To: ${to}`, '', ''];
  const parsed = parseMessage(Buffer.from(head.join('\r\n')));
  if (!parsed.ok || parsed.value.kind !== 'request') throw new Error('no request');
  return parsed.value;
}

const ACME = '<sip:a@acme.example>';
const OTHER = '<sip:a@other.example>';
const NEITHER = '<sip:a@203.0.113.10>';

test.each([
  ['a REGISTER by its To', 'REGISTER', 'sip:acme.example', ACME, OTHER, 'other.example'],
  ['any other by its From', 'INVITE', 'sip:1@acme.example', OTHER, ACME, 'other.example'],
  ['an alias as the domain', 'INVITE', 'sip:1@other.example', '<sip:a@PBX.Acme.Example>', OTHER, 'acme.example'],
  [
    'a REGISTER with an address in To by where it goes',
    'REGISTER',
    'sip:other.example',
    ACME,
    NEITHER,
    'other.example',
  ],
  [
    'any other with an address in From by where it goes',
    'INVITE',
    'sip:1@other.example',
    NEITHER,
    ACME,
    'other.example',
  ],
  [
    'one that names no domain of ours by the first one',
    'OPTIONS',
    'sip:203.0.113.10',
    NEITHER,
    NEITHER,
    'acme.example',
  ],
  ['a tel URI by the first one', 'INVITE', 'tel:+7495', '<tel:+7495>', '<tel:+7495>', 'acme.example'],
  ['what cannot be read by the first one', 'INVITE', 'x:y', '<<', '<<', 'acme.example'],
])('%s', (_, method, uri, from, to, domain) => {
  expect(domainOf(request(method, uri, from, to), TWO)?.name).toBe(domain);
});

test('where there is no domain there is none to speak of', () => {
  expect(domainOf(request('REGISTER', 'sip:acme.example', ACME, ACME), new Directory(modelOf()))).toBeUndefined();
});
