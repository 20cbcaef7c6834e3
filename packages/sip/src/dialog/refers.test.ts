import { FakeClock } from '@vats/kernel/testing';
import { describe, expect, test } from 'vitest';
import { SipRequest } from '../message/message.ts';
import { parseMessage } from '../message/parse-message.ts';
import { type IncomingRefer, Refers } from './refers.ts';

function request(method: string, seq: number, ...lines: string[]): SipRequest {
  const head = [`${method} sip:b@192.0.2.1 SIP/2.0`, 'Via: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK1', 'Call-ID: x'];
  const rest = ['From: <sip:a@192.0.2.2>;tag=a', 'To: <sip:b@192.0.2.1>;tag=b', `CSeq: ${seq} ${method}`, ...lines];
  const parsed = parseMessage(Buffer.from([...head, ...rest, '', ''].join('\r\n'), 'latin1'));
  if (!parsed.ok || !(parsed.value instanceof SipRequest)) throw new Error('no request');
  return parsed.value;
}

function dialog() {
  const clock = new FakeClock();
  const told: string[] = [];
  const bodies: string[] = [];
  const responses: number[] = [];
  const orders: IncomingRefer[] = [];
  const answers: ((stands: boolean) => void)[] = [];
  const refers = new Refers({
    clock,
    contact: () => ['Contact', '<sip:us@192.0.2.1>'],
    notify: (headers, body, answered) => {
      const of = (name: string) => headers.find(([each]) => each === name)?.[1];
      told.push(`${of('Event')} ${of('Subscription-State')} ${body.toString().slice(8, 11)}`);
      bodies.push(`${of('Content-Type')} | ${body}`);
      answers.push(answered);
    },
  });
  const respond = (status: number): void => void responses.push(status);
  const refer = (seq: number, ...lines: string[]): void =>
    refers.received(request('REFER', seq, 'Refer-To: <sip:1@a>', ...lines), respond, (order) => orders.push(order));
  const subscribe = (...lines: string[]): boolean => refers.subscribed(request('SUBSCRIBE', 9, ...lines), respond);
  return { clock, told, bodies, responses, orders, answers, refers, refer, subscribe, respond };
}

describe('REFERs of one dialog', () => {
  test('RFC 3515 §2.4.4: one is told at once that it goes on, then how, then the end (RFC 3515 §2.4.5)', () => {
    const { told, bodies, responses, orders, answers, refer, clock } = dialog();
    refer(2);
    const outcome = orders[0]?.accept();
    expect([responses, told]).toEqual([[202], ['refer active;expires=300 100']]);
    expect(bodies).toEqual(['message/sipfrag;version=2.0 | SIP/2.0 100 Trying\r\n']);
    // What happens while a NOTIFY is under way is told once, when that one was answered.
    outcome?.progress(183);
    outcome?.progress(180);
    expect(told).toHaveLength(1);
    answers[0]?.(true);
    outcome?.progress(183);
    expect(told.slice(1)).toEqual(['refer active;expires=300 183']);
    outcome?.finish(200);
    outcome?.finish(486);
    outcome?.progress(180);
    expect(told.slice(2)).toEqual(['refer terminated;reason=noresource 200']);
    expect(clock.pending).toBe(0);
  });

  test('RFC 3515 §2.4.6: another one meanwhile is 491, the next one has the number of its request', () => {
    const { told, responses, orders, refer } = dialog();
    refer(2);
    const outcome = orders[0]?.accept();
    refer(3);
    expect([responses, orders.length]).toEqual([[202, 491], 1]);
    outcome?.finish(486);
    refer(4);
    orders[1]?.accept();
    expect(told.at(-1)).toBe('refer;id=4 active;expires=300 100');
  });

  test('one that is refused, or that nobody can obey, begins nothing', () => {
    const { told, responses, orders, refer, refers, respond } = dialog();
    refer(2);
    orders[0]?.reject(403);
    orders[0]?.reject(500);
    refers.received(request('REFER', 3, 'Refer-To: <sip:1@a>'), respond, undefined);
    refers.received(request('REFER', 4), respond, (order) => orders.push(order));
    expect([responses, told]).toEqual([[403, 603, 400], []]);
  });

  test('RFC 4488 §4: without a subscription nothing is told, and the next one waits all the same', () => {
    const { told, responses, orders, refer } = dialog();
    refer(2, 'Refer-Sub: false');
    const outcome = orders[0]?.accept();
    outcome?.progress(180);
    refer(3);
    outcome?.finish(200);
    refer(4);
    expect([responses, told, orders.length]).toEqual([[202, 491], [], 2]);
  });

  test('RFC 6665 §4.4.1: who is not subscribed any more is told nothing', () => {
    const { told, orders, answers, refer, clock } = dialog();
    refer(2);
    const outcome = orders[0]?.accept();
    answers[0]?.(false);
    outcome?.progress(180);
    outcome?.finish(200);
    expect([told.length, clock.pending]).toEqual([1, 0]);
  });

  test('RFC 5057 §4: of a dialog that has ended only the end is told', () => {
    const { told, orders, answers, refer, refers, clock } = dialog();
    refer(2);
    const outcome = orders[0]?.accept();
    refers.dialogEnded();
    answers[0]?.(true);
    outcome?.finish(603);
    expect(told.slice(1)).toEqual(['refer terminated;reason=noresource 603']);
    expect(clock.pending).toBe(0);
  });

  test('RFC 3515 §2.4.7: a subscription ends by itself, and can be refreshed or ended before', () => {
    const { told, orders, refer, subscribe, clock, responses } = dialog();
    refer(2);
    const outcome = orders[0]?.accept();
    expect(subscribe('Event: presence')).toBe(false);
    expect(subscribe('Event: refer;id=5')).toBe(false);
    clock.advance(299_000);
    expect(subscribe('Event: refer', 'Expires: 999')).toBe(true);
    expect(told.at(-1)).toBe('refer active;expires=300 100');
    clock.advance(300_000);
    expect(told.at(-1)).toBe('refer terminated;reason=timeout 100');
    expect(subscribe('Event: refer')).toBe(false);
    outcome?.finish(200);
    expect([told.length, responses]).toEqual([3, [202, 200]]);
  });
});
