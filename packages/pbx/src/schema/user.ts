import { z } from 'zod';
import { access } from './access.ts';
import { forwardTarget } from './destination.ts';
import { duration } from './duration.ts';
import { fault, textThat } from './fault.ts';
import { hours } from './hours.ts';
import { limits } from './limits.ts';
import { publicNumber } from './number.ts';
import { sessionTimer } from './session-timer.ts';
import { email, extension, host, isLogin, line, login, secret, wholeNumber } from './words.ts';

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

/** Which digest algorithms an account is challenged with; MD5 alone by default, for the phones that know no other. */
export const digestChoice = z.enum(['md5', 'sha256', 'both']);
export type DigestChoice = z.output<typeof digestChoice>;

/**
 * Whether the sound of a device or a trunk is encrypted (SRTP with keys in the signalling, RFC 4568): where it offers that, always, or
 * never. Where it is absent, `optional`.
 */
export const srtpPolicy = z.enum(['never', 'optional', 'required']);

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
    /** Where a PBX that registers here finds the number that was called: `request-uri` unless said otherwise. */
    did: z.enum(['request-uri', 'to', 'contact']).exactOptional(),
    digest: digestChoice.exactOptional(),
    srtp: srtpPolicy.exactOptional(),
    sessionTimer: sessionTimer.exactOptional(),
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

/** `devices` are all that the user has; else one device by its login, `mobile`, or a public number. */
const reachTarget = z.union([
  z.literal('devices'),
  z.literal('mobile'),
  publicNumber,
  textThat(
    (text) => isLogin(text),
    (text) => `${text} is nothing to ring`,
    'write devices, mobile, the login of a device or a public number',
  ),
]);

/** One thing that rings when the user is called. */
const reachEntry = z.strictObject({
  to: reachTarget,
  /** How long it rings, in milliseconds. */
  ring: duration('1s', '10m').exactOptional(),
  /** How long after the first one it begins, where all ring together. */
  after: duration('1s', '10m').exactOptional(),
});

/** In what order the user's devices and numbers ring. */
const reach = z.strictObject({
  order: z.enum(['together', 'in-turn']).exactOptional(),
  to: z.array(reachEntry).min(1).max(20),
});

/** Where calls go that the user does not take; each once, and nothing is asked for twice. */
const forward = z.strictObject({
  /** All calls, without ringing here. */
  always: forwardTarget.exactOptional(),
  busy: forwardTarget.exactOptional(),
  noAnswer: forwardTarget.exactOptional(),
  /** No device can be reached. */
  unreachable: forwardTarget.exactOptional(),
  /** Outside `hours`. */
  closed: forwardTarget.exactOptional(),
});

/** An employee: one extension, any number of devices. */
export const user = z.strictObject({
  extension,
  name: line(128),
  mobile: publicNumber.exactOptional(),
  /** Where messages of the mailbox are sent to. */
  email: email.exactOptional(),
  /** What the outside sees; one of the domain's numbers. */
  callerId: publicNumber.exactOptional(),
  devices: z.array(device).exactOptional(),
  /** How long the devices ring, in milliseconds. */
  ring: duration('1s', '10m').exactOptional(),
  noAnswer: noAnswer.exactOptional(),
  reach: reach.exactOptional(),
  forward: forward.exactOptional(),
  /** Do not disturb: nothing rings. */
  dnd: z.boolean().exactOptional(),
  /** When the user takes calls; always where it is absent. */
  hours: hours.exactOptional(),
  /** Whether a second call rings during a first one; it does unless said otherwise. */
  callWaiting: z.boolean().exactOptional(),
  /** Calls outside show no number. */
  anonymous: z.boolean().exactOptional(),
  /** Of calls outside that the user orders: by phone, or by a forward. */
  limits: limits.exactOptional(),
});
export type UserEntry = z.output<typeof user>;
export type DeviceEntry = z.output<typeof device>;
