import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseMessage } from '../message/parse-message.ts';
import { eventOf, formatEvent, sameEvent } from './event-name.ts';
import { formatSubscriptionState, parseSubscriptionState } from './subscription-state.ts';

function eventIn(value: string | undefined) {
  const lines = ['SUBSCRIBE sip:a@b SIP/2.0', 'Via: SIP/2.0/UDP a;branch=z9hG4bKa'];
  if (value !== undefined) lines.push(`Event: ${value}`);
  const parsed = parseMessage(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'));
  if (!parsed.ok) throw new Error(parsed.error.code);
  return eventOf(parsed.value);
}

const token = fc.stringMatching(/^[A-Za-z0-9.!%*_+`'~-]{1,20}$/);

describe('Event', () => {
  test('RFC 6665 §8.2.1: names a package and, by id, one of several usages (RFC 6665 §3.1.2)', () => {
    expect(eventIn('dialog;id=42;call-id="x"')).toEqual({ ok: true, value: { package: 'dialog', id: '42' } });
    expect(eventIn('presence.winfo')).toEqual({ ok: true, value: { package: 'presence.winfo', id: undefined } });
    expect(eventIn(undefined).ok).toBe(false);
    expect(eventIn('a/b').ok).toBe(false);
    expect(eventIn(`${'x'.repeat(129)}`).ok).toBe(false);
  });

  test('RFC 6665 §8.2.1: is compared octet by octet', () => {
    const one = { package: 'dialog', id: undefined };
    expect(sameEvent(one, { ...one })).toBe(true);
    expect(sameEvent(one, { ...one, package: 'Dialog' })).toBe(false);
    expect(sameEvent(one, { ...one, id: '' })).toBe(false);
  });

  test('is read back as it is written', () => {
    fc.assert(
      fc.property(token, fc.option(token, { nil: undefined }), (name, id) => {
        expect(eventIn(formatEvent({ package: name, id }))).toEqual({ ok: true, value: { package: name, id } });
      }),
    );
  });

  test('no value makes its reader throw', () => {
    fc.assert(fc.property(fc.stringMatching(/^[^\r\n]{0,200}$/), (value) => void eventIn(value)));
  });
});

describe('Subscription-State', () => {
  test('RFC 6665 §8.2.3: says how long, or why not any more and when again', () => {
    expect(parseSubscriptionState('Active;expires=3599')).toEqual({
      ok: true,
      value: { state: 'active', expires: 3599 },
    });
    expect(parseSubscriptionState('terminated;reason=probation;retry-after=30;x=y')).toEqual({
      ok: true,
      value: { state: 'terminated', reason: 'probation', retryAfter: 30 },
    });
    expect(parseSubscriptionState('active;expires=soon').ok).toBe(false);
    expect(parseSubscriptionState('active;expires=99999999999').ok).toBe(false);
    expect(parseSubscriptionState('').ok).toBe(false);
  });

  test('is read back as it is written', () => {
    const seconds = fc.option(fc.nat(2 ** 31), { nil: undefined });
    const lower = token.map((text) => text.toLowerCase());
    fc.assert(
      fc.property(
        lower,
        seconds,
        fc.option(lower, { nil: undefined }),
        seconds,
        (state, expires, reason, retryAfter) => {
          const value = {
            state,
            ...(expires !== undefined && { expires }),
            ...(reason !== undefined && { reason }),
            ...(retryAfter !== undefined && { retryAfter }),
          };
          expect(parseSubscriptionState(formatSubscriptionState(value))).toEqual({ ok: true, value });
        },
      ),
    );
  });

  test('no text makes its reader throw', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseSubscriptionState(text)));
  });
});
