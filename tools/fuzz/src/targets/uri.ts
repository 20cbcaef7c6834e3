import { formatUri, parseUri, sameUri } from '@vats/sip';
import { demand, type Target } from '../target.ts';

/** What was read is written as it was, is the same as itself, and all of it can be asked for. */
function run(octets: Buffer): void {
  const text = octets.toString('latin1');
  const parsed = parseUri(text);
  if (!parsed.ok) return;
  const uri = parsed.value;
  const written = formatUri(uri);
  // A port is a number and a known scheme is one of three: zeros before the one, the case of the other and blanks around all are not kept.
  const keepsAll = uri.kind !== 'sip' || !text.includes(':0');
  const isKnown = uri.kind !== 'other';
  const read = text.replace(/[\0- ]+$/, '').replace(/^[a-z]+:/i, (scheme) => (isKnown ? scheme.toLowerCase() : scheme));
  demand(!keepsAll || written === read, `not written as it was: ${JSON.stringify(written)}`);
  const again = parseUri(written);
  demand(again.ok && formatUri(again.value) === written, 'what was written is read as something else');
  demand(sameUri(uri, again.value), 'not the same as itself');
  if (uri.kind === 'other') return;
  for (const [name, value] of uri.params)
    demand(uri.params.has(name) && value.length >= 0, 'a parameter that is not found');
  if (uri.kind === 'sip') void [uri.user, uri.password, uri.host, uri.port, uri.headers];
}

export const TARGETS: Readonly<Record<string, Target>> = {
  uri: {
    run,
    longest: 1_024,
    seeds: [
      'sip:a%41:p@office.example:5060;transport=tcp;lr?Subject=a%20b&to=c',
      'sips:[2001:db8::1]:5061;maddr=[::1]',
      'tel:+7-495-123;phone-context=+7;isub=1',
      'urn:service:sos',
      'sip:*!&=+$,;?/@h',
    ],
    words: [
      'sip:',
      'sips:',
      'tel:',
      'urn:',
      '@',
      ':5060',
      ';transport=',
      ';lr',
      ';user=phone',
      '?',
      '&',
      '=',
      '%',
      '%4',
      '[::1]',
      '[',
      ']',
      '+7',
      ';phone-context=',
    ],
  },
};
