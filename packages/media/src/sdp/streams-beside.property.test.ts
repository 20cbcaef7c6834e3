import { SeededRandom } from '@vats/kernel/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LegDescription } from './leg-description.ts';
import { readSession } from './read-session.ts';
import type { SrtpPolicy } from './srtp-keys.ts';
import { sdp } from './testing/exchange.ts';
import { OrderedPorts } from './testing/stream-ports.ts';

const AUDIO = ['m=audio 4000 RTP/AVP 8', 'm=audio 0 RTP/AVP 8', 'm=audio 4000 RTP/SAVP 8'];
const OTHERS = [
  'video 4002 RTP/AVPF 96',
  'video 0 RTP/AVP 96',
  'video 4002 RTP/SAVP 96',
  'image 4100 udptl t38',
  'text 1 RTP/AVP 98',
];
const SECRET = '192.168.77.77';
const ATTRIBUTES = [
  'a=rtpmap:96 H264/90000',
  'a=rtcp-mux',
  'a=inactive',
  'a=sendonly',
  'c=IN IP4 0.0.0.0',
  'c=IN IP4 169.254.169.254',
  'a=T38FaxVersion:0',
  'b=AS:64',
  'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR',
  `a=candidate:1 1 UDP 1 ${SECRET} 4002 typ host`,
  `a=ssrc:1 cname:${SECRET}`,
];

const mLine = fc
  .tuple(fc.constantFrom(...AUDIO, ...OTHERS.map((each) => `m=${each}`)), fc.subarray(ATTRIBUTES))
  .map(([line, attributes]) => [line, ...attributes]);
const body = fc.array(mLine, { minLength: 1, maxLength: 6 }).map((lines) => lines.flat());
const policy = fc.constantFrom<SrtpPolicy>('never', 'optional', 'required');

function legOf(port: number, srtp: SrtpPolicy) {
  const ports = new OrderedPorts(port + 2);
  const options = { local: { address: '198.51.100.1', port }, sessionId: String(port), signalling: '127.0.0.1', ports };
  return { ports, leg: new LegDescription({ ...options, srtp: { policy: srtp, random: new SeededRandom(port) } }) };
}

/** As many m-lines as a body has, in their kinds. */
const kinds = (text: string): string[] => text.match(/^m=\S+/gm) ?? [];

test('whatever two phones say, each is answered line for line, hears nothing private of the other, and ports are those of its text', () => {
  fc.assert(
    fc.property(policy, policy, fc.array(fc.tuple(body, body, fc.boolean()), { maxLength: 5 }), (one, two, rounds) => {
      const [a, b] = [legOf(20_000, one), legOf(30_000, two)];
      let version = 0;
      for (const [offer, answer, swap] of [
        [['m=audio 4000 RTP/AVP 8'], ['m=audio 4000 RTP/AVP 8'], false] as const,
        ...rounds,
      ]) {
        version++;
        const [from, to] = swap ? [b, a] : [a, b];
        const offerText = sdp(offer, { version });
        if (!from.leg.receiveOffer(offerText).ok) continue;
        const offered = to.leg.offerFrom(from.leg);
        const answered =
          offered.ok && to.leg.receiveAnswer(sdp(answer, { version, address: '127.0.0.3' })).ok
            ? from.leg.answerFrom(to.leg)
            : undefined;
        if (!answered?.ok || !offered.ok) {
          to.leg.rollBack();
          from.leg.rollBack();
          // The first exchange failed: there is no call.
          if (version === 1) return;
          continue;
        }
        expect(kinds(answered.value)).toEqual(kinds(offerText));
        for (const text of [offered.value, answered.value]) {
          expect(text).not.toContain(SECRET);
          expect(readSession(text, 0, 'either', { wantedBeside: 'either', mayLackSound: true }).ok).toBe(true);
        }
        const inText = [...answered.value.matchAll(/^m=(?!audio)\S+ ([1-9]\d*) /gm)].map(([, port]) => Number(port));
        expect([...from.ports.opened.values()].sort()).toEqual(inText.sort());
        expect(from.ports.opened.size).toBeLessThanOrEqual(4);
      }
    }),
    { numRuns: 300 },
  );
});
