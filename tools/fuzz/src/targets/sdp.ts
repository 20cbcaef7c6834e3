import { LegDescription, SDP_FAULTS } from '@vats/media';
import { demand, type Target } from '../target.ts';

const RANDOM = {
  bytes: (count: number) => Buffer.alloc(count, 7),
  below: () => 0,
  token: (count: number) => 'a'.repeat(count),
};

/** A leg that takes all that a leg can take: video beside the sound, keys, conversion. */
function leg(port: number): LegDescription {
  let next = port + 2;
  return new LegDescription({
    local: { address: '198.51.100.1', port },
    sessionId: String(port),
    signalling: '203.0.113.7',
    converts: true,
    srtp: { policy: 'optional', random: RANDOM },
    ports: { open: () => (next += 2), keep: () => {} },
  });
}

type Outcome = { readonly ok: true } | { readonly ok: false; readonly error: { readonly code: string } };

/** An offer of whatever text: refused with a reason that has a name, or passed on and answered in bodies that are sound. */
function run(octets: Buffer): void {
  const text = octets.toString('latin1');
  const [a, b] = [leg(20_000), leg(20_100)];
  if (!isRead(a.receiveOffer(text))) return;
  answersItself(text);
  const offer = b.offerFrom(a);
  if (!isRead(offer)) return;
  isSound(offer.value);
  // What we wrote is what another one of us reads.
  const far = leg(20_200);
  demand(far.receiveOffer(offer.value).ok, 'our own offer is not read by us');
  const answered = far.answerOwn();
  if (!isRead(answered)) return;
  isSound(answered.value);
  demand(b.receiveAnswer(answered.value).ok, 'our own answer is not read by us');
  const answer = a.answerFrom(b);
  if (isRead(answer)) isSound(answer.value);
  const again = a.receiveOffer(text);
  demand(again.ok && again.value.refresh, 'the same offer once more is no refresh');
}

/** As an answer to an offer of ours the same text must do no harm either. */
function answersItself(text: string): void {
  const ours = leg(20_300);
  const offer = ours.offerOwn();
  demand(offer.ok, 'no offer of our own');
  isRead(ours.receiveAnswer(text));
}

function isRead<T extends Outcome>(outcome: T): outcome is Extract<T, { ok: true }> {
  demand(outcome.ok || outcome.error.code in SDP_FAULTS, 'a fault without a name');
  return outcome.ok;
}

/** Nothing of a stranger's can end a line of ours; a tab may stand in one (RFC 8866 §9). */
function isSound(body: string): void {
  demand(/^(?:[a-z]=[^\0-\x08\x0a-\x1f\x7f]*\r\n)+$/.test(body), `a body that is not lines: ${JSON.stringify(body)}`);
}

const BODY = [
  'v=0',
  'o=phone 7 1 IN IP4 203.0.113.9',
  's=-',
  'c=IN IP4 203.0.113.9',
  't=0 0',
  'm=audio 4000 RTP/AVP 9 8 0 96 101',
  'a=rtpmap:96 opus/48000/2',
  'a=fmtp:96 useinbandfec=1',
  'a=rtpmap:101 telephone-event/8000',
  'a=fmtp:101 0-16',
  'a=rtcp:4001 IN IP4 203.0.113.9',
  'a=ptime:20',
  'a=sendrecv',
  'm=video 4002 RTP/AVP 97',
  'a=rtpmap:97 H264/90000',
  'a=sendonly',
  '',
].join('\r\n');
const KEYED = 'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1:4';
const SAVP = BODY.replace('RTP/AVP', 'RTP/SAVP').replace('a=ptime', `${KEYED}\r\na=ptime`);
const FAX = `${BODY.slice(0, BODY.indexOf('m=video'))}m=image 4004 udptl t38\r\na=T38FaxVersion:0\r\n`;

export const TARGETS: Readonly<Record<string, Target>> = {
  sdp: {
    run,
    seeds: [BODY, SAVP, FAX],
    words: [
      ...[
        '\r\n',
        '\r\nm=audio 4000 RTP/AVP 0',
        '\r\nm=video 0 RTP/AVP 31',
        '\r\nc=IN IP6 2001:db8::1',
        '\r\nc=IN IP4 0.0.0.0',
      ],
      ...[
        '\r\na=rtpmap:',
        '\r\na=fmtp:',
        '\r\na=inactive',
        '\r\na=sendonly',
        '\r\na=rtcp-mux',
        '\r\na=rtcp:',
        '\r\na=ptime:',
        '\r\na=maxptime:',
      ],
      ...[
        'opus/48000/2',
        'PCMA/8000',
        'telephone-event/8000',
        'RTP/SAVP',
        'UDP/TLS/RTP/SAVPF',
        `\r\n${KEYED}`,
        '\r\no=',
        '\r\nv=0',
        ' 127.0.0.1',
      ],
    ],
  },
};
