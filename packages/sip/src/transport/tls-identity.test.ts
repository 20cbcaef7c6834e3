import { describe, expect, test } from 'vitest';
import { type CertificateNames, identityFault } from './tls-identity.ts';

const strict = (name: string) => ({ name, verify: 'strict' }) as const;
const names = (subjectaltname: string): CertificateNames => ({ subjectaltname, subject: { CN: 'cn.example' } });

describe('RFC 5922 §7: whose a certificate is', () => {
  test.each<[string, string]>([
    ['itsp.example', 'DNS:itsp.example'],
    ['ITSP.example.', 'DNS:other.example, DNS:Itsp.Example'],
    ['itsp.example', 'URI:sip:itsp.example'],
    ['itsp.example', 'DNS:web.example, URI:sip:itsp.example'],
    ['192.0.2.1', 'DNS:itsp.example, IP Address:192.0.2.1'],
  ])('%s is that of %s (RFC 5922 §7.1)', (name, alternatives) => {
    expect(identityFault(names(alternatives), strict(name))).toBeUndefined();
  });

  test.each<[string, string, string]>([
    ['itsp.example', 'DNS:other.example', 'the name is another one'],
    ['itsp.example', 'DNS:itsp.example, URI:sip:other.example', 'where a SIP URI stands, DNS names say nothing'],
    ['itsp.example', 'URI:sip:anna@itsp.example', 'a URI with a user part is that of a person'],
    ['itsp.example', 'URI:https://itsp.example', 'no URI of SIP'],
    ['sip.itsp.example', 'DNS:*.itsp.example', 'a wildcard stands for nothing (§7.2)'],
    ['cn.example', 'DNS:itsp.example', 'the common name counts only where there are no alternative names'],
    ['192.0.2.1', 'DNS:192.0.2.1', 'an address is no DNS name'],
    ['itsp.example', 'DNS:"evil.example, DNS:itsp.example, DNS:x"', 'a name within a quoted one is none'],
    ['itsp.example', 'othername:<unsupported>', 'another kind of name'],
  ])('%s is not that of %s: %s (RFC 5922 §7.1)', (name, alternatives) => {
    expect(identityFault(names(alternatives), strict(name))).toMatch(
      new RegExp(`^the certificate is not for ${name}: it has `),
    );
  });

  test('its common name counts where it has no alternative names at all', () => {
    expect(identityFault({ subject: { CN: 'ITSP.example' } }, strict('itsp.example'))).toBeUndefined();
    expect(identityFault({ subject: {} }, strict('itsp.example'))).toContain('it has no name');
  });
});

test('a wildcard counts where the operator says so, for one label that is no top-level domain', () => {
  const fault = (name: string, alternative: string) =>
    identityFault(names(`DNS:${alternative}`), { name, verify: 'wildcard' });
  expect(fault('sip.itsp.example', '*.itsp.example')).toBeUndefined();
  expect(fault('a.sip.itsp.example', '*.itsp.example')).toBeDefined();
  expect(fault('itsp.example', '*.example')).toBeDefined();
  expect(identityFault(names('DNS:*.itsp.example'), strict('sip.itsp.example'))).toContain(
    'verify: wildcard would take it',
  );
});

test('who asks for nobody takes whoever is there', () => {
  expect(identityFault({}, { name: 'itsp.example', verify: 'off' })).toBeUndefined();
});
