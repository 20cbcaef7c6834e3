import { expect, test } from 'vitest';
import { ground, LAMP, LAMP_TEXT, told } from './testing/ground.ts';

async function subscribed() {
  const at = await ground();
  at.subscribe(600);
  at.join();
  at.accept();
  return at;
}

test('RFC 6665 §4.1.2.2: a refresh gets its 200, a new time and the whole state', async () => {
  const at = await subscribed();
  at.clock.advance(500_000);
  at.lamp = 'on';
  at.subscribe(900);
  expect(at.phone.response(200).value('Expires')).toBe('900');
  expect(told(at.notify())).toBe(`active;expires=900 | ${LAMP} 1: on`);
  at.accept();
  at.clock.advance(890_000);
  expect(at.notifier.size).toBe(1);
  at.clock.advance(10_000);
  expect(told(at.notify())).toBe(`terminated;reason=timeout | ${LAMP} 2: on`);
  at.accept();
  expect(at.leftovers()).toEqual([]);
});

test('RFC 6665 §4.1.2.3: Expires: 0 in the dialog ends it, with a last NOTIFY', async () => {
  const at = await subscribed();
  at.subscribe(0);
  expect(at.phone.response(200).value('Expires')).toBe('0');
  expect(told(at.notify())).toBe(`terminated;reason=timeout | ${LAMP} 1: off`);
  at.set('on');
  expect(at.phone.distinct('NOTIFY')).toBe(2);
  at.accept();
  expect(at.notifier.counters.ended).toEqual({ timeout: 1 });
  expect(at.leftovers()).toEqual([]);
});

test('RFC 6665 §4.1.2.3: Expires: 0 that crosses a NOTIFY is told after that one', async () => {
  const at = await subscribed();
  at.set('on');
  at.subscribe(0);
  expect(at.phone.distinct('NOTIFY')).toBe(2);
  at.accept();
  expect(told(at.notify())).toBe(`terminated;reason=timeout | ${LAMP} 2: on`);
  at.accept();
  expect(at.leftovers()).toEqual([]);
});

test('RFC 6665 §4.1.2.2: a refresh that comes when time is up gets 481, so that a new subscription follows', async () => {
  const at = await subscribed();
  at.clock.advance(600_000);
  at.subscribe(600);
  expect(at.phone.count('481 SUBSCRIBE')).toBe(1);
  at.accept();
  at.subscribe(600);
  expect(at.phone.count('481 SUBSCRIBE')).toBe(2);
  expect(at.leftovers()).toEqual([]);
});

test('a refresh that comes just before time is up is in time, whatever is under way', async () => {
  const at = await subscribed();
  at.clock.advance(599_700);
  at.set('on');
  at.subscribe(600);
  at.clock.advance(500);
  expect(at.notifier.size).toBe(1);
  at.accept();
  expect(told(at.notify())).toContain('active');
  at.accept();
  at.clock.advance(600_000);
  at.accept();
  expect(at.leftovers()).toEqual([]);
});

test('RFC 6665 §4.1.2.2: a refused refresh leaves the subscription as it was', async () => {
  const at = await subscribed();
  at.subscribe(10);
  expect(at.phone.count('423 SUBSCRIBE')).toBe(1);
  at.subscribe(600, [['Accept', 'application/other']]);
  expect(at.phone.count('406 SUBSCRIBE')).toBe(1);
  at.set('on');
  expect(told(at.notify())).toContain(`${LAMP} 1: on`);
  at.accept();
  at.clock.advance(600_000);
  at.accept();
  expect(at.leftovers()).toEqual([]);
});

test('a refresh may ask for another type', async () => {
  const at = await subscribed();
  at.subscribe(600, [['Accept', LAMP_TEXT]]);
  expect(at.notify().value('Content-Type')).toBe(LAMP_TEXT);
  at.accept(481);
  expect(at.leftovers()).toEqual([]);
});

test('RFC 6665 §4.5.2: another event in the dialog is another usage, which there is none of: 481', async () => {
  const at = await subscribed();
  at.subscribe(600, [], 'dialog;id=7');
  expect(at.phone.count('481 SUBSCRIBE')).toBe(1);
  at.set('on');
  expect(at.phone.distinct('NOTIFY')).toBe(2);
  at.accept(481);
  expect(at.leftovers()).toEqual([]);
});

test('RFC 6665 §8.2.1: the id of an event comes back in every NOTIFY', async () => {
  const at = await ground();
  at.subscribe(600, [], 'dialog;id=7');
  expect(at.notify().value('Event')).toBe('dialog;id=7');
  at.accept(481);
  expect(at.leftovers()).toEqual([]);
});

test('RFC 3261 §12.2.2: a refresh with the number of an earlier one is 500, and changes nothing', async () => {
  const at = await subscribed();
  at.phone.seq = 0;
  at.subscribe(0);
  expect(at.phone.count('500 SUBSCRIBE')).toBe(1);
  expect(at.notifier.size).toBe(1);
  at.clock.advance(600_000);
  at.accept();
  expect(at.leftovers()).toEqual([]);
});

test('RFC 3261 §12.2.1.2: a refresh with another Contact moves the NOTIFYs there', async () => {
  const at = await subscribed();
  at.phone.send('SUBSCRIBE', {
    contact: 'sip:peer@10.0.0.2:5070',
    headers: [
      ['Event', 'dialog'],
      ['Expires', '600'],
    ],
  });
  at.clock.advance(30);
  expect(at.notify().requestUriText).toBe('sip:peer@10.0.0.2:5070');
  at.accept(481);
  expect(at.leftovers()).toEqual([]);
});

test('a subscriber behind a NAT that gave it another port is told there, over the flow that it was heard on last', async () => {
  const at = await subscribed();
  const { RawPeer } = await import('../dialog/testing/raw-peer.ts');
  const moved = await RawPeer.overUdp(
    at.net.host('10.0.0.2'),
    { address: '10.0.0.2', port: 6000 },
    { address: '10.0.0.1', port: 5060 },
  );
  moved.succeed(at.phone);
  moved.send('SUBSCRIBE', {
    contact: at.phone.contact,
    headers: [
      ['Event', 'dialog'],
      ['Expires', '600'],
    ],
  });
  at.clock.advance(30);
  expect(moved.heard).toEqual(['200 SUBSCRIBE', 'NOTIFY']);
  moved.respond(moved.request('NOTIFY'), 481);
  at.clock.advance(30);
  expect(at.leftovers()).toEqual([]);
});

test('a refresh from an address that its phone never named gets 481: it subscribes anew from there, with credentials', async () => {
  const at = await subscribed();
  const { RawPeer } = await import('../dialog/testing/raw-peer.ts');
  const other = await RawPeer.overUdp(
    at.net.host('10.0.0.9'),
    { address: '10.0.0.9', port: 5060 },
    { address: '10.0.0.1', port: 5060 },
  );
  other.succeed(at.phone);
  other.send('SUBSCRIBE', {
    headers: [
      ['Event', 'dialog'],
      ['Expires', '0'],
    ],
  });
  at.clock.advance(30);
  expect(other.heard).toEqual(['481 SUBSCRIBE']);
  expect(at.notifier.size).toBe(1);
  at.clock.advance(600_000);
  at.accept();
  expect(at.leftovers()).toEqual([]);
});

test('RFC 3261 §11.2: OPTIONS in the dialog is answered; BYE ends no subscription, and other methods have no place in it', async () => {
  const at = await subscribed();
  at.phone.send('OPTIONS');
  at.phone.send('BYE');
  at.phone.send('INFO');
  at.clock.advance(30);
  expect(at.phone.response(200).value('Allow')).toContain('SUBSCRIBE');
  expect(at.phone.heard.slice(-3)).toEqual(['200 OPTIONS', '481 BYE', '405 INFO']);
  expect(at.notifier.size).toBe(1);
  at.clock.advance(600_000);
  at.accept();
  expect(at.leftovers()).toEqual([]);
});

test('RFC 3261 §12.1.1: the route set of the SUBSCRIBE is that of the NOTIFYs', async () => {
  const at = await ground();
  at.subscribe(600, [['Record-Route', '<sip:10.0.0.2;lr;a=1>, <sip:10.0.0.3;lr>']]);
  expect(at.phone.response(200).values('Record-Route')).toEqual(['<sip:10.0.0.2;lr;a=1>, <sip:10.0.0.3;lr>']);
  expect(at.notify().list('Route')).toEqual(['<sip:10.0.0.2;lr;a=1>', '<sip:10.0.0.3;lr>']);
  at.accept(481);
  expect(at.leftovers()).toEqual([]);
});
