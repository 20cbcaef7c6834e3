import { z } from 'zod';
import { fault, shown } from './fault.ts';
import { normaliseNumber } from './number.ts';

/** Where a call may be sent: an extension, or a public number. */
export const destination = z.codec(z.string(), z.string(), {
  decode: (text, ctx) => {
    const { kind, number } = normaliseNumber(text);
    if (kind === 'e164' || /^[0-9]{1,8}$/.test(text)) return kind === 'e164' ? number : text;
    ctx.issues.push({
      ...fault(
        `${shown(text)} is nobody who can be rung`,
        'write an extension such as "201", or a public number such as "+74951234567"',
      ),
      input: text,
    });
    return z.NEVER;
  },
  encode: (text) => text,
});

/** The same, or the called user's own voicemail. */
export const forwardTarget = z.union([z.literal('voicemail'), destination]);

export function isPublicNumber(destination: string): boolean {
  return destination.startsWith('+');
}
