import { SeededRandom } from '@vats/kernel/testing';
import { describe, expect, test } from 'vitest';
import { LegDescription } from './leg-description.ts';
import type { LegSrtp, SrtpKeys, SrtpPolicy } from './srtp-keys.ts';
import { ALAW, leg, line, sdp, value } from './testing/exchange.ts';

const KEYS = [1, 2, 3].map((octet) => Buffer.alloc(30, octet).toString('base64'));
const [K1, K2] = KEYS as [string, string, string];
const GCM = Buffer.alloc(28, 9).toString('base64');
const CM80 = 'AES_CM_128_HMAC_SHA1_80';

let seed = 1;
function secured(policy: SrtpPolicy, offers = false, port = 20_000): LegDescription {
  return new LegDescription({
    local: { address: '198.51.100.1', port },
    sessionId: String(port),
    signalling: '127.0.0.1',
    srtp: { policy, random: new SeededRandom(seed++), offers },
  });
}

const savp = (crypto: readonly string[], profile = 'RTP/SAVP'): string[] => [
  `m=audio 4000 ${profile} 8`,
  ...crypto.map((each) => `a=crypto:${each}`),
];
const crypto = (text: string): string[] => line(text, 'a=crypto:');
const keysOf = (text: string): string[] => crypto(text).map((each) => each.split('inline:')[1]!);

function keys(of: LegDescription): SrtpKeys {
  const srtp: LegSrtp | undefined = of.media().srtp;
  if (srtp === undefined || srtp === 'awaited') throw new Error(`no keys: ${srtp}`);
  return srtp;
}

describe('who may encrypt', () => {
  const SECURE = savp([`1 ${CM80} inline:${K1}`]);
  const PLAIN = ['m=audio 4000 RTP/AVP 8'];
  const BEST_EFFORT = savp([`1 ${CM80} inline:${K1}`], 'RTP/AVP');
  const served = (policy: SrtpPolicy, lines: string[]) => {
    const a = secured(policy);
    const read = a.receiveOffer(sdp(lines));
    return read.ok ? line(value(a.answerOwn()), 'm=')[0]!.split(' ')[2] : read.error.code;
  };

  test.each<[SrtpPolicy, string[], string, boolean]>([
    ['never', SECURE, 'secure-media', false],
    ['never', PLAIN, 'RTP/AVP', false],
    ['never', BEST_EFFORT, 'RTP/AVP', false],
    ['optional', SECURE, 'RTP/SAVP', true],
    ['optional', savp([`1 ${CM80} inline:${K1}`], 'RTP/SAVPF'), 'RTP/SAVPF', true],
    ['optional', PLAIN, 'RTP/AVP', false],
    ['optional', BEST_EFFORT, 'RTP/AVP', true],
    ['optional', savp(['1 NULL inline:AAAA']), 'no-usable-key', false],
    ['required', SECURE, 'RTP/SAVP', true],
    ['required', PLAIN, 'plain-media', false],
    ['required', BEST_EFFORT, 'plain-media', false],
    ['required', savp([]), 'no-usable-key', false],
    ['required', ['m=audio 4000 UDP/TLS/RTP/SAVPF 8'], 'dtls-media', false],
  ])('%s: %j is %s', (policy, lines, is, encrypted) => {
    expect(served(policy, lines)).toBe(is);
    const a = secured(policy);
    if (a.receiveOffer(sdp(lines)).ok) expect(crypto(value(a.answerOwn()))).toHaveLength(encrypted ? 1 : 0);
  });

  test('of two streams the encrypted one is taken, whichever comes first', () => {
    const both = ['m=audio 4000 RTP/AVP 8', ...savp([`1 ${CM80} inline:${K1}`])];
    const a = secured('optional');
    value(a.receiveOffer(sdp(both)));
    const answer = value(a.answerOwn());
    expect(line(answer, 'm=')).toEqual(['m=audio 0 RTP/AVP 8', 'm=audio 20000 RTP/SAVP 8']);
    const never = secured('never');
    value(never.receiveOffer(sdp(both)));
    expect(line(value(never.answerOwn()), 'm=')[0]).toBe('m=audio 20000 RTP/AVP 8');
  });
});

describe('an answer of ours', () => {
  test('takes the first line that it can, by its tag, with a key of its own (RFC 4568 §5.1.2)', () => {
    const a = secured('optional');
    value(
      a.receiveOffer(sdp(savp(['1 NULL inline:AAAA', `4 AEAD_AES_128_GCM inline:${GCM}`, `5 ${CM80} inline:${K1}`]))),
    );
    const answer = value(a.answerOwn());
    expect(crypto(answer)[0]).toMatch(/^a=crypto:4 AEAD_AES_128_GCM inline:/);
    const [ours] = keysOf(answer);
    expect(Buffer.from(ours!, 'base64')).toHaveLength(28);
    expect(ours).not.toBe(GCM);
    expect(keys(a)).toEqual({ suite: 'AEAD_AES_128_GCM', ours, theirs: GCM });
  });

  test('RFC 4568 §6.2: a key of AES_CM_128 has 16 octets, and its salt 14', () => {
    const a = secured('optional');
    value(a.receiveOffer(sdp(savp([`1 ${CM80} inline:${K1}`]))));
    expect(Buffer.from(keysOf(value(a.answerOwn()))[0]!, 'base64')).toHaveLength(16 + 14);
    const short = Buffer.alloc(29).toString('base64');
    const read = secured('required').receiveOffer(sdp(savp([`1 ${CM80} inline:${short}`])));
    expect(read).toMatchObject({ ok: false, error: { code: 'no-usable-key' } });
  });

  test('keeps its key for as long as the suite stays, though theirs changes; another suite has another key', () => {
    const a = secured('optional');
    const exchange = (version: number, ...lines: string[]) => {
      value(a.receiveOffer(sdp(savp(lines), { version })));
      return keysOf(value(a.answerOwn()))[0];
    };
    const first = exchange(1, `1 ${CM80} inline:${K1}`);
    expect(exchange(2, `1 ${CM80} inline:${K2}`)).toBe(first);
    expect(keys(a)).toEqual({ suite: CM80, ours: first, theirs: K2 });
    const gcm = exchange(3, `1 AEAD_AES_128_GCM inline:${GCM}`);
    const again = exchange(4, `1 ${CM80} inline:${K1}`);
    expect(new Set([first, gcm, again]).size).toBe(3);
  });

  test('a refresh has the same key and is answered by the same text', () => {
    const a = secured('required');
    const offer = sdp(savp([`1 ${CM80} inline:${K1}`]));
    value(a.receiveOffer(offer));
    const answer = value(a.answerOwn());
    expect(value(a.receiveOffer(offer))).toEqual({ refresh: true });
    expect(a.answerAgain()).toBe(answer);
  });

  test('a new key with all else unchanged is no refresh', () => {
    const a = secured('required');
    value(a.receiveOffer(sdp(savp([`1 ${CM80} inline:${K1}`]))));
    value(a.answerOwn());
    expect(value(a.receiveOffer(sdp(savp([`1 ${CM80} inline:${K2}`]))))).toEqual({ refresh: false });
  });

  test('an offer that is refused leaves the keys that held', () => {
    const a = secured('optional');
    value(a.receiveOffer(sdp(savp([`1 ${CM80} inline:${K1}`]))));
    value(a.answerOwn());
    const before = keys(a);
    value(a.receiveOffer(sdp(savp([`1 AEAD_AES_128_GCM inline:${GCM}`]), { version: 2 })));
    expect(a.media().srtp).toBe('awaited');
    a.rollBack();
    expect(keys(a)).toEqual(before);
  });

  test('where they may, they go on in clear, and have another key when they encrypt again', () => {
    const a = secured('optional');
    value(a.receiveOffer(sdp(savp([`1 ${CM80} inline:${K1}`]))));
    const [first] = keysOf(value(a.answerOwn()));
    value(a.receiveOffer(sdp(['m=audio 4000 RTP/AVP 8'], { version: 2 })));
    expect(value(a.answerOwn())).toContain('RTP/AVP 8');
    expect(a.media().srtp).toBeUndefined();
    value(a.receiveOffer(sdp(savp([`1 ${CM80} inline:${K1}`]), { version: 3 })));
    expect(keysOf(value(a.answerOwn()))[0]).not.toBe(first);
  });
});

describe('an offer of ours', () => {
  const tell = (b: LegDescription) => value(b.offerFrom(told()));
  const told = () => {
    const a = leg(20_000);
    value(a.receiveOffer(sdp(ALAW)));
    return a;
  };

  test('required: encrypted alone, every suite with a key of its own', () => {
    const offer = tell(secured('required'));
    expect(line(offer, 'm=')).toEqual(['m=audio 20000 RTP/SAVP 8 101']);
    expect(crypto(offer).map((each) => each.split(' ').slice(0, 2).join(' '))).toEqual([
      `a=crypto:1 ${CM80}`,
      'a=crypto:2 AEAD_AES_256_GCM',
      'a=crypto:3 AEAD_AES_128_GCM',
    ]);
    expect(new Set(keysOf(offer)).size).toBe(3);
  });

  test.each<[SrtpPolicy, boolean, string]>([
    ['never', true, 'RTP/AVP'],
    ['optional', false, 'RTP/AVP'],
    ['optional', true, 'RTP/SAVP'],
  ])('%s, asked for encryption: %s', (policy, offers, profile) => {
    const offer = tell(secured(policy, offers));
    expect(line(offer, 'm=')[0]).toContain(` ${profile} `);
    expect(crypto(offer)).toHaveLength(profile === 'RTP/AVP' ? 0 : 3);
  });

  test('nothing can be heard nor said before it is answered; then by the keys of the line that was chosen', () => {
    const b = secured('required');
    const offer = tell(b);
    expect(b.media().srtp).toBe('awaited');
    value(b.receiveAnswer(sdp(savp([`3 AEAD_AES_128_GCM inline:${GCM}`]))));
    expect(keys(b)).toEqual({ suite: 'AEAD_AES_128_GCM', ours: keysOf(offer)[2], theirs: GCM });
  });

  test.each([
    ['in clear', ['m=audio 4000 RTP/AVP 8'], 'plain-media'],
    ['by a tag that was not offered', savp([`9 ${CM80} inline:${K1}`]), 'no-usable-key'],
    ['by another suite than its tag', savp([`2 ${CM80} inline:${K1}`]), 'no-usable-key'],
    ['without a key', savp([]), 'no-usable-key'],
  ])('an answer %s is none', (_, answer, code) => {
    const b = secured('required');
    tell(b);
    expect(b.receiveAnswer(sdp(answer))).toMatchObject({ ok: false, error: { code } });
    expect(b.media().srtp).toBe('awaited');
  });

  test('an answer of RTP/AVP with a key is taken for what it means', () => {
    const b = secured('required');
    tell(b);
    value(b.receiveAnswer(sdp(savp([`1 ${CM80} inline:${K1}`], 'RTP/AVP'))));
    expect(keys(b).theirs).toBe(K1);
  });

  test('a key in the answer to an offer in clear means nothing', () => {
    const b = secured('optional');
    tell(b);
    value(b.receiveAnswer(sdp(savp([`1 ${CM80} inline:${K1}`], 'RTP/AVP'))));
    expect(b.media().srtp).toBeUndefined();
  });

  test('a later one says what is agreed; several phones answer it with keys of their own', () => {
    const b = secured('required');
    const [ours] = keysOf(tell(b));
    value(b.receiveAnswer(sdp(savp([`1 ${CM80} inline:${K1}`]))));
    value(b.receiveAnswer(sdp(savp([`1 ${CM80} inline:${K2}`]), { version: 2 })));
    expect(keys(b)).toEqual({ suite: CM80, ours, theirs: K2 });
    expect(crypto(tell(b))).toEqual([`a=crypto:1 ${CM80} inline:${ours}`]);
  });

  test('an offer to a leg that chose clear sound stays in clear, one after encrypted sound stays encrypted', () => {
    const a = secured('optional', true);
    value(a.receiveOffer(sdp(['m=audio 4000 RTP/AVP 8'])));
    value(a.answerOwn());
    expect(tell(a)).toContain('RTP/AVP 8');
    const b = secured('optional');
    value(b.receiveOffer(sdp(savp([`1 ${CM80} inline:${K1}`], 'RTP/SAVPF'))));
    const [ours] = keysOf(value(b.answerOwn()));
    const offer = tell(b);
    expect(offer).toContain('RTP/SAVPF 8');
    expect(keysOf(offer)).toEqual([ours]);
  });
});

test('no key of one leg is ever in what the other is told', () => {
  const a = secured('optional');
  const b = secured('required', false, 20_002);
  value(a.receiveOffer(sdp(savp([`1 ${CM80} inline:${K1}`]))));
  const offered = value(b.offerFrom(a));
  value(b.receiveAnswer(sdp(savp([`1 ${CM80} inline:${K2}`]))));
  const answered = value(a.answerFrom(b));
  const toB = keysOf(offered);
  const toA = keysOf(answered);
  expect([...toA, ...toB].some((key) => key === K1 || key === K2)).toBe(false);
  expect(toB).not.toContain(toA[0]);
  expect(keys(a)).toMatchObject({ ours: toA[0], theirs: K1 });
  expect(keys(b)).toMatchObject({ ours: toB[0], theirs: K2 });
});
