import { describe, expect, test } from 'vitest';
import { ground, LAMP, LAMP_TEXT, told } from './testing/ground.ts';

describe('a SUBSCRIBE outside a dialog', () => {
  test('RFC 6665 §4.2.1.2: makes a dialog by its 200, and a NOTIFY with the whole state follows at once (RFC 6665 §4.1.2.1, §8.3.1)', async () => {
    const at = await ground();
    at.subscribe(600);
    const ok = at.phone.response(200);
    expect(ok.value('Expires')).toBe('600');
    expect(ok.toTag).toMatch(/^[a-z0-9]{24}$/);
    const notify = at.notify();
    expect(told(notify)).toBe(`active;expires=600 | ${LAMP} 0: off`);
    expect(notify.value('Event')).toBe('dialog');
    expect(notify.value('Content-Type')).toBe(LAMP);
    expect(notify.requestUriText).toBe(at.phone.contact);
    expect([notify.fromTag, notify.toTag]).toEqual([ok.toTag, at.phone.localTag]);
    expect(at.phone.heard).toEqual(['200 SUBSCRIBE', 'NOTIFY']);
    at.accept();
    expect(at.notifier.size).toBe(1);
    at.clock.advance(600_000);
    at.accept();
    expect(at.leftovers()).toEqual([]);
  });

  test('RFC 6665 §4.2.1.1: too short a time is 423 with Min-Expires, an hour is never too short, more than the longest is cut (RFC 6665 §3.1.1)', async () => {
    const at = await ground();
    at.subscribe(59);
    expect(at.phone.response(423).value('Min-Expires')).toBe('60');
    at.subscribe(1_000_000);
    expect(at.phone.response(200).value('Expires')).toBe('7200');
    at.accept();
    at.phone.callId = 'call-2';
    at.subscribe(undefined);
    expect(at.phone.response(200).value('Expires')).toBe('3600');
    at.accept();
    expect(at.notifier.counters).toMatchObject({ subscribed: 2, refused: 1 });
    at.clock.advance(7_200_000);
    expect(at.leftovers()).toEqual([]);
  });

  test('RFC 6665 §8.3.2: an event that there is none of is 489 with Allow-Events, and one without Event too', async () => {
    const at = await ground();
    at.subscribe(600, [], 'weather');
    expect(at.phone.response(489).value('Allow-Events')).toBe('dialog');
    at.phone.send('SUBSCRIBE', { headers: [['Expires', '600']] });
    at.clock.advance(30);
    expect(at.phone.count('489 SUBSCRIBE')).toBe(2);
    expect(at.leftovers()).toEqual([]);
  });

  test.each([
    ['application/other', undefined],
    [`application/other, ${LAMP_TEXT}`, LAMP_TEXT],
    ['text/*', LAMP_TEXT],
    [`${LAMP};q=0, ${LAMP_TEXT}`, LAMP_TEXT],
    ['*/*', LAMP],
  ])('RFC 6665 §3.1.3: Accept: %s is told %s, and 406 when it is none of ours', async (accept, type) => {
    const at = await ground();
    at.subscribe(600, [['Accept', accept]]);
    if (type === undefined) expect(at.phone.response(406).value('Accept')).toBe(`${LAMP}, ${LAMP_TEXT}`);
    else {
      expect(at.notify().value('Content-Type')).toBe(type);
      at.accept(481);
    }
    expect(at.leftovers()).toEqual([]);
  });

  test('RFC 6665 §4.4.3: Expires: 0 is told the state once, as terminated, and leaves nothing', async () => {
    const at = await ground();
    at.subscribe(0);
    expect(at.phone.response(200).value('Expires')).toBe('0');
    expect(told(at.notify())).toBe(`terminated;reason=timeout | ${LAMP} 0: off`);
    at.accept();
    expect(at.notifier.size).toBe(0);
    at.set('on');
    expect(at.phone.count('NOTIFY')).toBe(1);
    expect(at.leftovers()).toEqual([]);
  });

  test('RFC 3261 §8.2.2.2: one that came over two ways is merged: one dialog, and 482 for the other', async () => {
    const at = await ground();
    at.phone.send('SUBSCRIBE', { seq: 1, branch: 'z9hG4bKone', headers: [['Event', 'dialog']] });
    at.phone.send('SUBSCRIBE', { seq: 1, branch: 'z9hG4bKtwo', headers: [['Event', 'dialog']] });
    at.clock.advance(30);
    expect(at.phone.heard.filter((each) => each.endsWith('SUBSCRIBE')).sort()).toEqual([
      '200 SUBSCRIBE',
      '482 SUBSCRIBE',
    ]);
    expect(at.notifier.size).toBe(1);
    at.accept(481);
    expect(at.leftovers()).toEqual([]);
  });

  test('one that is repeated because its 200 was lost gets the same 200, and no second subscription', async () => {
    const at = await ground();
    at.phone.send('SUBSCRIBE', { seq: 1, branch: 'z9hG4bKone', headers: [['Event', 'dialog']] });
    at.clock.advance(30);
    const tag = at.phone.response(200).toTag;
    at.phone.send('SUBSCRIBE', { seq: 1, branch: 'z9hG4bKone', headers: [['Event', 'dialog']] });
    at.clock.advance(30);
    expect(at.phone.response(200).toTag).toBe(tag);
    expect([at.phone.count('200 SUBSCRIBE'), at.notifier.size, at.phone.distinct('NOTIFY')]).toEqual([2, 1, 1]);
    at.accept(481);
    expect(at.leftovers()).toEqual([]);
  });

  test('an account has so many subscriptions; a phone that forgot one asks for it anew, and the forgotten one makes room', async () => {
    const at = await ground({ perAccount: 2 });
    for (const callId of ['one', 'two']) {
      Object.assign(at.phone, { callId, localTag: `anna-${callId}` });
      at.phone.send('SUBSCRIBE', { contact: `sip:${callId}@10.0.0.2`, headers: [['Event', 'dialog']] });
      at.clock.advance(30);
      at.accept();
    }
    Object.assign(at.phone, { callId: 'three', localTag: 'anna-three' });
    at.phone.send('SUBSCRIBE', { contact: 'sip:three@10.0.0.2', headers: [['Event', 'dialog']] });
    at.clock.advance(30);
    expect(at.phone.response(403).value('Warning')).toContain('more than 2 subscriptions');
    at.phone.send('SUBSCRIBE', { contact: 'sip:one@10.0.0.2', headers: [['Event', 'dialog']] });
    at.clock.advance(30);
    const [first, second] = at.phone.received.slice(-3).filter((each) => each.kind === 'request');
    expect(first?.value('Subscription-State')).toBe('terminated;reason=deactivated');
    expect(first?.value('Call-ID')).toBe('one');
    expect(second?.value('Call-ID')).toBe('three');
    at.clock.advance(40_000);
    expect(at.notifier.size).toBe(1);
    expect(at.notifier.counters.ended).toEqual({ 'notify-unanswered': 2 });
    at.clock.advance(3_600_000);
    at.accept();
    expect(at.leftovers()).toEqual([]);
  });

  test('all together are bounded: 503 with Retry-After', async () => {
    const at = await ground({ total: 1 });
    at.subscribe(600);
    at.accept();
    Object.assign(at.phone, { callId: 'other', localTag: 'boris-1' });
    at.subscribe(600);
    expect(at.phone.response(503).value('Retry-After')).toBe('60');
    at.clock.advance(600_000);
    at.accept();
    expect(at.leftovers()).toEqual([]);
  });
});

describe('what is told', () => {
  test('RFC 6665 §4.2.2: one NOTIFY is under way at a time, and what changes meanwhile is told by the next, once', async () => {
    const at = await ground();
    at.subscribe(600);
    for (const lamp of ['ringing', 'busy', 'held', 'busy again']) at.set(lamp);
    expect(at.phone.distinct('NOTIFY')).toBe(1);
    at.accept();
    expect(at.phone.distinct('NOTIFY')).toBe(2);
    expect(told(at.notify())).toContain(`${LAMP} 1: busy again`);
    at.accept(481);
    expect(at.leftovers()).toEqual([]);
  });

  test('a burst of changes is one NOTIFY', async () => {
    const at = await ground();
    at.subscribe(600);
    at.accept();
    for (const lamp of ['a', 'b', 'c']) {
      at.lamp = lamp;
      at.notifier.changed('dialog', 'lamp');
    }
    at.clock.advance(40);
    expect(told(at.notify())).toContain(`${LAMP} 1: c`);
    at.accept();
    expect(at.phone.distinct('NOTIFY')).toBe(2);
    at.clock.advance(600_000);
    at.accept();
    expect(at.leftovers()).toEqual([]);
  });

  test('a lost NOTIFY is repeated until its answer', async () => {
    const at = await ground();
    at.subscribe(600);
    at.clock.advance(500);
    expect(at.phone.count('NOTIFY')).toBe(2);
    expect(at.phone.distinct('NOTIFY')).toBe(1);
    at.accept();
    at.set('on');
    expect(at.phone.distinct('NOTIFY')).toBe(2);
    at.accept(481);
    expect(at.leftovers()).toEqual([]);
  });
});

describe('a subscriber that does not take a NOTIFY', () => {
  test.each([
    [481, []],
    [404, []],
    [500, []],
    [401, [['WWW-Authenticate', 'Digest realm="x", nonce="y"']]],
    // Whatever else it says, it does not know this dialog.
    [481, [['Retry-After', '5']]],
  ] as const)('RFC 6665 §4.2.2: with %i %j has no subscription any more', async (status, headers) => {
    const at = await ground();
    at.subscribe(600);
    at.accept(status, headers);
    expect(at.notifier.size).toBe(0);
    expect(at.notifier.counters.ended).toEqual({ 'notify-refused': 1 });
    at.join();
    at.subscribe(600);
    expect(at.phone.count('481 SUBSCRIBE')).toBe(1);
    expect(at.leftovers()).toEqual([]);
  });

  test('RFC 6665 §4.2.2: with Retry-After is told later, and only the newest', async () => {
    const at = await ground();
    at.subscribe(600);
    at.accept(500, [['Retry-After', '5']]);
    at.set('on');
    at.clock.advance(4_800);
    expect(at.phone.distinct('NOTIFY')).toBe(1);
    at.clock.advance(300);
    expect(told(at.notify())).toContain(`${LAMP} 1: on`);
    at.accept();
    expect(at.notifier.size).toBe(1);
    at.clock.advance(600_000);
    at.accept();
    expect(at.leftovers()).toEqual([]);
  });

  test('RFC 6665 §4.2.2: that does not answer at all has none after 64*T1', async () => {
    const at = await ground();
    at.subscribe(600);
    at.clock.advance(31_000);
    expect(at.notifier.size).toBe(1);
    at.clock.advance(1_500);
    expect(at.notifier.size).toBe(0);
    expect(at.notifier.counters.ended).toEqual({ 'notify-unanswered': 1 });
    expect(at.leftovers()).toEqual([]);
  });
});

describe('what ends it from here', () => {
  test('RFC 6665 §4.2.2: what was watched is gone: noresource, without a document', async () => {
    const at = await ground();
    at.subscribe(600);
    at.accept();
    at.lamp = undefined;
    at.notifier.review();
    at.clock.advance(30);
    expect(told(at.notify())).toBe('terminated;reason=noresource | ');
    expect(at.notify().value('Content-Type')).toBeUndefined();
    at.accept();
    expect(at.leftovers()).toEqual([]);
  });

  test('the account may not watch any more: rejected', async () => {
    const at = await ground();
    at.subscribe(600);
    at.accept();
    at.notifier.end('rejected', ({ account }) => account === 'nobody');
    expect(at.notifier.size).toBe(1);
    at.notifier.end('rejected', ({ account }) => account === 'peer');
    at.clock.advance(30);
    // What is there is not for it any more.
    expect(told(at.notify())).toBe('terminated;reason=rejected | ');
    expect(at.notify().value('Content-Type')).toBeUndefined();
    at.accept();
    expect(at.leftovers()).toEqual([]);
  });

  test('an end that comes while a NOTIFY is under way is told after that one', async () => {
    const at = await ground();
    at.subscribe(600);
    at.notifier.end('rejected', () => true);
    at.clock.advance(30);
    expect(at.phone.distinct('NOTIFY')).toBe(1);
    at.accept();
    expect(told(at.notify())).toContain('terminated;reason=rejected');
    at.accept();
    expect(at.leftovers()).toEqual([]);
  });

  test('an end that comes while the subscriber wants to be left alone is told at once', async () => {
    const at = await ground();
    at.subscribe(600);
    at.accept(500, [['Retry-After', '300']]);
    at.notifier.end('rejected', () => true);
    at.clock.advance(30);
    expect(told(at.notify())).toContain('terminated;reason=rejected');
    at.accept(500, [['Retry-After', '300']]);
    expect(at.leftovers()).toEqual([]);
  });

  test('a far end that is not heard any more is told so once, and nothing waits for its answer', async () => {
    const at = await ground();
    at.subscribe(600);
    at.accept();
    at.dialogs.giveUpOn(() => true);
    at.clock.advance(30);
    expect(told(at.notify())).toContain('terminated;reason=rejected');
    expect([at.notifier.size, at.ledger.counts()['client transactions']]).toEqual([0, 0]);
    expect(at.leftovers()).toEqual([]);
  });

  test('a connection that is gone takes its subscriptions along', async () => {
    const at = await ground();
    const { RawPeer } = await import('../dialog/testing/raw-peer.ts');
    const tcp = RawPeer.overTcp(at.net.host('10.0.0.2'), at.phone.endpoint, { address: '10.0.0.1', port: 5060 });
    at.clock.advance(30);
    tcp.send('SUBSCRIBE', { headers: [['Event', 'dialog']] });
    at.clock.advance(30);
    tcp.respond(tcp.request('NOTIFY'), 200);
    at.clock.advance(30);
    expect(at.notifier.size).toBe(1);
    tcp.hangUp();
    at.clock.advance(30);
    expect(at.notifier.size).toBe(0);
    expect(at.notifier.counters.ended).toEqual({ 'flow-lost': 1 });
    expect(at.leftovers()).toEqual([]);
  });

  test('a document that cannot be written ends it with a line in the log, and leaves nothing', async () => {
    const at = await ground();
    at.subscribe(600);
    at.accept();
    at.broken = true;
    at.set('on');
    expect(at.notifier.size).toBe(0);
    expect(at.notifier.counters.ended).toEqual({ 'notify-refused': 1 });
    expect(at.leftovers()).toEqual([expect.stringMatching(/^Error: broken\n/)]);
  });
});
