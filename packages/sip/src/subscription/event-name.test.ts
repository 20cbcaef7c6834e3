import { expect, test } from 'vitest';
import { parseMessage } from '../message/parse-message.ts';
import { eventOf, formatEvent } from './event-name.ts';

function said(event: string) {
  const parsed = parseMessage(Buffer.from(`SUBSCRIBE sip:a SIP/2.0\r\nEvent: ${event}\r\n\r\n`, 'latin1'));
  if (!parsed.ok) throw new Error(parsed.error.code);
  return eventOf(parsed.value);
}

test('RFC 6665 §8.4: package and id are tokens, and written as they came', () => {
  const named = said('dialog;id=7.a');
  expect(named.ok && formatEvent(named.value)).toBe('dialog;id=7.a');
});

test.each(['dialog;id="a b"', 'dialog;id="a\\\0b"', 'dialog;id=""', `dialog;id=${'x'.repeat(130)}`])(
  'RFC 6665 §8.4: %j can not be told back, and is refused',
  (event) => {
    expect(said(event).ok).toBe(false);
  },
);
