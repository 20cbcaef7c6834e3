import { isIP } from 'node:net';
import { z } from 'zod';
import { fault, shown, textThat } from './fault.ts';

/** A line of human text: no control characters, not blank. */
export function line(longest: number) {
  return textThat(
    (text) => text.trim() !== '' && text.length <= longest && !/[\u0000-\u001f\u007f]/.test(text),
    (text) => `${text} is not a line of text`,
    `write 1 to ${longest} characters without control characters`,
  );
}

/** An internal number. One to eight digits; short enough never to be taken for a public number. */
export const extension = textThat(
  (text) => /^[0-9]{1,8}$/.test(text),
  (text) => `${text} is not an extension`,
  'write 1 to 8 digits in quotes, such as "201"',
);

/** The user part of an account: what the phone sends as its digest username and in its address. */
export const login = textThat(
  (text) => isLogin(text),
  (text) => `${text} is not a login`,
  'write 1 to 64 Latin letters, digits, dots, hyphens and underscores, a letter or digit first',
);

export function isLogin(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text);
}

/** The name by which other parts of the file refer to a trunk, scheme or prompt. */
export const refName = textThat(
  (text) => /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u.test(text),
  (text) => `${text} is not a name`,
  'write 1 to 64 letters, digits, dots, hyphens and underscores, a letter or digit first',
);

const HOST_NAME =
  /^(?=.{1,253}$)[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?)*$/;

/** True for a DNS name or an IP literal (IPv6 without brackets). */
export function isHost(text: string): boolean {
  return isIP(text) !== 0 || (HOST_NAME.test(text) && !/^[0-9.]+$/.test(text));
}

/** A DNS name or an IP literal; lower case in the model. */
export const host = z.codec(z.string(), z.string(), {
  decode: (text, ctx) => {
    if (isHost(text)) return text.toLowerCase();
    ctx.issues.push({
      ...fault(`${shown(text)} is not a host`, 'write a DNS name such as sip.example.com, or an IP address'),
      input: text,
    });
    return z.NEVER;
  },
  encode: (text) => text,
});

/** A secret that a person types: 1 to 128 printable characters. Its text never appears in a message. */
export const secret = z.string().check((ctx) => {
  const what = faultOfSecret(ctx.value);
  if (what === undefined) return;
  const remedy = 'write 1 to 128 printable characters in quotes';
  ctx.issues.push({ ...fault(`the password ${what}`, remedy), input: undefined });
});

function faultOfSecret(text: string): string | undefined {
  if (text.length === 0) return 'is empty';
  if (text.length > 128) return 'is too long';
  return /[\u0000-\u001f\u007f]/.test(text) ? 'holds control characters' : undefined;
}

/** An address for mail (RFC 5321 §4.1.2), without quotes, comments or names beside it. */
export const email = textThat(
  (text) => text.length <= 254 && EMAIL.test(text),
  (text) => `${text} is not an e-mail address`,
  'write one such as anna@acme.example',
);

const EMAIL =
  /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}$/;

/** An IANA time zone name that this machine's tables know. */
export const timezone = textThat(
  isTimezone,
  (text) => `${text} is not a time zone`,
  'write an IANA name such as Europe/Moscow or Asia/Yekaterinburg',
);

function isTimezone(text: string): boolean {
  // Offsets such as +03:00 are accepted by Intl too, but they know nothing of changes of the law.
  if (!/^[A-Za-z]/.test(text)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}

export const wholeNumber = (lowest: number, highest: number) => z.int().min(lowest).max(highest);
