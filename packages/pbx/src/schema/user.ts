import { z } from 'zod';
import { access } from './access.ts';
import { duration } from './duration.ts';
import { fault } from './fault.ts';
import { limits } from './limits.ts';
import { publicNumber } from './number.ts';
import { extension, host, line, login, secret, wholeNumber } from './words.ts';

const hexDigest = (characters: number, name: string) =>
  z.codec(z.string(), z.string(), {
    decode: (text, ctx) => {
      if (new RegExp(`^[0-9a-fA-F]{${characters}}$`).test(text)) return text.toLowerCase();
      ctx.issues.push({
        ...fault(
          `not an ${name} digest`,
          `write the ${characters} hexadecimal digits of ${name}(login:realm:password) in quotes`,
        ),
        input: undefined,
      });
      return z.NEVER;
    },
    encode: (text) => text,
  });

const digests = { md5: hexDigest(32, 'MD5'), sha256: hexDigest(64, 'SHA-256') };

/**
 * A password as the digests that authentication needs (RFC 7616 §3.4.2), good in this realm only. Some phones send
 * `login@domain` as their username; the digest covers it, so that form has digests of its own.
 */
export const ha1 = z.strictObject({
  realm: line(255),
  ...digests,
  withDomain: z.strictObject({ domain: host, ...digests }).exactOptional(),
});
export type Ha1 = z.output<typeof ha1>;

/** Which digest algorithms an account is challenged with; MD5 alone by default, for the phones that know no other. */
export const digestChoice = z.enum(['md5', 'sha256', 'both']);
export type DigestChoice = z.output<typeof digestChoice>;

/** An account: what one phone, or one PBX behind us, registers with. */
export const device = z
  .strictObject({
    login,
    password: secret.exactOptional(),
    ha1: ha1.exactOptional(),
    /** The device's own policy, beside the domain's. */
    access: access.exactOptional(),
    /** A whole PBX registers here: many calls at once, in both directions. */
    trunk: z.boolean().exactOptional(),
    digest: digestChoice.exactOptional(),
    /** Phones registered at once. */
    bindings: wholeNumber(1, 100).exactOptional(),
    /** Calls at once in which the account takes part: as caller, or with phones that ring or talk. */
    calls: wholeNumber(1, 10_000).exactOptional(),
  })
  .check((ctx) => {
    const { password, ha1 } = ctx.value;
    if (password === undefined && ha1 === undefined) {
      ctx.issues.push({
        ...fault('the device has no password', 'add password: (or ha1: as vats export writes it)'),
        input: undefined,
      });
    }
    if (password !== undefined && ha1 !== undefined) {
      ctx.issues.push({ ...fault('both password and ha1 are given', 'keep one of them', ['ha1']), input: undefined });
    }
  });

const noAnswer = z.strictObject({
  /** How long the devices ring first, in milliseconds. */
  after: duration('1s', '10m').exactOptional(),
  /** `voicemail`, or an extension. */
  to: z.union([z.literal('voicemail'), extension]),
});

/** An employee: one extension, any number of devices. */
export const user = z.strictObject({
  extension,
  name: line(128),
  mobile: publicNumber.exactOptional(),
  /** What the outside sees; one of the domain's numbers. */
  callerId: publicNumber.exactOptional(),
  devices: z.array(device).exactOptional(),
  /** How long the devices ring, in milliseconds. */
  ring: duration('1s', '10m').exactOptional(),
  noAnswer: noAnswer.exactOptional(),
  /** Of calls outside that the user orders: by phone, or by a forward. */
  limits: limits.exactOptional(),
});
export type UserEntry = z.output<typeof user>;
export type DeviceEntry = z.output<typeof device>;
