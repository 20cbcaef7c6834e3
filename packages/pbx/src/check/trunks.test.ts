import { expect, test } from 'vitest';
import { documentOf, domainOfDocuments, objectsOf } from '../model/documents.ts';
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
    objectsOf(old).map((object) => object.write()),
  );
  expect(read.trunks[0]?.allow).toEqual(['fe80::1%eth0']);
});
