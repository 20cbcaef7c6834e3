import { expect, test } from 'vitest';
import { told } from '../testing/told.ts';

const said = (codecs: string) =>
  told(`domain: acme.example\ntrunks:\n  - { name: itsp, proxy: "sip:192.0.2.1", codecs: [${codecs}] }\n`);

test.each([
  ['FOO', 'no telephone is known to offer a codec "FOO"; write names as in SDP, such as PCMA, PCMU'],
  ['PCAM', 'no telephone is known to offer a codec "PCAM"; did you mean PCMA?'],
  ['ulaw', 'no telephone is known to offer a codec "ulaw"; did you mean PCMU?'],
  ['constructor', 'no telephone is known to offer a codec "constructor"; write'],
  ['PCMA/8000', 'no telephone is known to offer a codec "PCMA/8000"; '],
  ['telephone-event', 'telephone-event carries no sound; remove it'],
])('%s in the codecs of a trunk is warned of', (codec, message) => {
  const [line, ...more] = said(`PCMA, "${codec}"`);
  expect(more).toEqual([]);
  expect(line).toMatch(/^pbx\.yaml:3:\d+: warning: trunks\[0\]\.codecs\[1\]: /);
  expect(line).toContain(message);
});

test('codecs that telephones have are not remarked on, in whatever letters', () => {
  expect(said('PCMA, pcmu, G722, g729, opus, iLBC, speex, GSM, G726-32, AMR-WB')).toEqual([]);
});
