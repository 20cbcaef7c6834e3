import { parseMessage, type SipRequest } from '@vats/sip';
import { expect, test } from 'vitest';
import { isScanner } from './scanners.ts';

function saying(...lines: readonly string[]): SipRequest {
  const head = ['OPTIONS sip:a SIP/2.0', 'Via: SIP/2.0/UDP a;branch=z9hG4bKa', ...lines, '', ''];
  const parsed = parseMessage(Buffer.from(head.join('\r\n')));
  if (!parsed.ok || parsed.value.kind !== 'request') throw new Error('no request');
  return parsed.value;
}

test.each([
  'friendly-scanner',
  'Friendly-Scanner/1.0',
  'sipvicious',
  'SIPVicious 0.3.4',
  'sipcli/v1.8',
  'pplsip',
  'sundayddr',
  'smap 0.6.0',
  'SIP Call Flood',
  '   friendly-request',
])('%j is a scanner', (agent) => {
  expect(isScanner(saying(`User-Agent: ${agent}`))).toBe(true);
  expect(isScanner(saying(`user-agent \t:\r\n ${agent}`))).toBe(true);
});

test.each([
  'Yealink SIP-T21P_E2 52.84.0.15',
  'Linphone/5.2',
  'baresip v3.1',
  'SIPp',
  'sipsak 0.9.8',
  'not a friendly-scanner',
  'MySmapPhone',
  '',
])('%j is none', (agent) => {
  expect(isScanner(saying(`User-Agent: ${agent}`))).toBe(false);
});

test('who says nothing, or says it elsewhere, is none', () => {
  expect(isScanner(saying())).toBe(false);
  expect(isScanner(saying('Subject: friendly-scanner', 'Server: friendly-scanner'))).toBe(false);
});
