import { expect, test } from 'vitest';
import { documentOf, domainOfDocuments, objectListsOf } from '../model/documents.ts';
import { formatProblem } from '../problems/problem.ts';
import { modelOf } from '../testing/model-of.ts';
import { checkPbx } from './check-pbx.ts';

function fileWith(allow: readonly string[]): string {
  const trunks = [{ name: 'office', proxy: 'sip:192.0.2.90', allow }];
  return `domain: acme.example\ntrunks: ${JSON.stringify(trunks)}\n`;
}

/** The errors of a file with a trunk that may be called in by from these. */
function errorsOf(allow: readonly string[]): string[] {
  const checked = checkPbx(fileWith(allow), 'pbx.yaml');
  return checked.ok ? [] : checked.problems.map(formatProblem).filter((text) => text.includes(': error: '));
}

const networks = (count: number) => Array.from({ length: count }, (_, i) => `20.${i >> 8}.${i & 255}.0/24`);

test('the networks that may call in by a trunk may be as many as in any list', () => {
  expect(errorsOf(networks(10_000))).toEqual([]);
  expect(errorsOf(networks(10_001))).toEqual([
    expect.stringMatching(
      /error: trunks\[0\]\.allow: the list has 10001 networks, and 10000 are the most that one may have; merge neighbours into wider networks$/,
    ),
  ]);
});

test('a zone in them is refused where it stands', () => {
  expect(errorsOf(['192.0.2.0/24', 'fe80::1%eth0'])).toEqual([
    expect.stringMatching(
      /error: trunks\[0\]\.allow\[1\]: "fe80::1%eth0" is not an address or network; a zone .* is not allowed/,
    ),
  ]);
});

test('a trunk that was stored before zones were refused is read', () => {
  const [domain] = modelOf(fileWith(['192.0.2.1'])).domains;
  const [trunk] = domain?.trunks ?? [];
  const old = { ...domain!, trunks: [{ ...trunk!, allow: ['fe80::1%eth0'] }] };
  const read = domainOfDocuments(
    documentOf(old),
    objectListsOf(old).flatMap(({ objects, write }) => objects.map(write)),
  );
  expect(read.trunks[0]?.allow).toEqual(['fe80::1%eth0']);
});

function errorsWith(register: object, more: object = {}): string[] {
  const trunks = [
    { name: 'itsp', proxy: 'sip:192.0.2.90', register: { login: 'x7', password: 's', ...register }, ...more },
  ];
  const checked = checkPbx(`domain: acme.example\ntrunks: ${JSON.stringify(trunks)}\n`, 'pbx.yaml');
  return checked.ok ? [] : checked.problems.map(formatProblem).filter((text) => text.includes(': error: '));
}

test.each(['74951234567', '+74951234567', 'x7'])(
  'the Contact user %s is guessable, and needs an allow list',
  (contactUser) => {
    expect(errorsWith({ contactUser })).toEqual([
      expect.stringMatching(/error: trunks\[0\]\.register\.contactUser: .* is easily guessed.*; add allow/),
    ]);
    expect(errorsWith({ contactUser }, { allow: ['192.0.2.90'] })).toEqual([]);
    expect(errorsWith({ contactUser: 'k3jx82ldms02' })).toEqual([]);
    expect(errorsWith({})).toEqual([]);
  },
);

test.each<[Record<string, unknown>, string | undefined]>([
  [{ transport: 'tls' }, undefined],
  [{ proxy: 'sips:192.0.2.90' }, undefined],
  [
    { transport: 'tls', tls: { authorities: '/etc/vats/itsp.pem', verify: 'wildcard', name: 'sip.itsp.example' } },
    undefined,
  ],
  [{ proxy: 'sips:192.0.2.90', transport: 'udp' }, 'asks for TLS, so nothing goes by this trunk over udp'],
  [{ transport: 'tcp', tls: { verify: 'strict' } }, 'this trunk does not speak TLS'],
  [{ transport: 'tls', tls: { verify: 'off' } }, 'whoever answers is taken for this operator'],
])('of TLS %j is warned of: %s', (more, warning) => {
  const trunks = [{ name: 'itsp', proxy: 'sip:192.0.2.90', ...more }];
  const checked = checkPbx(`domain: acme.example\ntrunks: ${JSON.stringify(trunks)}\n`, 'pbx.yaml');
  const warnings = checked.ok ? checked.warnings.map(formatProblem).filter((text) => /TLS|operator/.test(text)) : [];
  expect(warnings).toEqual(warning === undefined ? [] : [expect.stringContaining(warning)]);
});

test('a list that is half the world is warned of: it is no operator’s own', () => {
  const warningsOf = (...allow: string[]) => {
    const checked = checkPbx(fileWith(allow), 'pbx.yaml');
    return checked.ok ? checked.warnings.map(formatProblem).filter((text) => text.includes('one operator has')) : [];
  };
  expect(warningsOf('10.0.0.0/16', '2001:db8:7::/48', '192.0.2.1')).toEqual([]);
  expect(warningsOf('10.0.0.0/15', '2001:db8::/47')).toEqual([
    expect.stringMatching(/trunks\[0\]\.allow\[0\]: 10\.0\.0\.0\/15 is more than one operator has/),
    expect.stringMatching(/allow\[1\]/),
  ]);
});

test.each([
  ['info', ['G729'], undefined],
  ['inband', undefined, undefined],
  ['inband', ['G729', 'PCMU'], undefined],
  ['inband', ['G729', 'opus'], "keys can't go as tones in G729, opus"],
  ['rfc4733', ['G729'], undefined],
])('dtmf: %s in %s is warned of where it can not be', (dtmf, codecs, said) => {
  const trunks = [{ name: 'itsp', proxy: 'sip:192.0.2.90', dtmf, ...(codecs && { codecs }) }];
  const checked = checkPbx(`domain: acme.example\ntrunks: ${JSON.stringify(trunks)}\n`, 'pbx.yaml');
  const warnings = checked.ok ? checked.warnings.map(formatProblem).filter((text) => text.includes('.dtmf')) : [];
  expect(warnings).toEqual(said === undefined ? [] : [expect.stringContaining(said)]);
});
