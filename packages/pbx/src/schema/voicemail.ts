import { z } from 'zod';
import { duration } from './duration.ts';
import { refName, wholeNumber } from './words.ts';

/** What holds for all mailboxes of the domain: every user and every group has one. */
export const voicemail = z.strictObject({
  /** A prompt that callers hear where a mailbox has no greeting of its own; by default they are told that nobody can answer. */
  greeting: refName.exactOptional(),
  /** A message ends when nothing was heard for so long, in milliseconds. */
  silence: duration('3s', '1m').exactOptional(),
  longest: duration('10s', '1h').exactOptional(),
  /** Messages that turn out to be shorter are not kept, in milliseconds. */
  least: duration('0s', '1m').exactOptional(),
  /** Messages that a mailbox holds. */
  messages: wholeNumber(1, 1_000).exactOptional(),
  /** Minutes of messages that a mailbox holds. */
  minutes: wholeNumber(1, 10_000).exactOptional(),
  /** How long messages are kept, in milliseconds; for ever where it is absent. */
  keep: duration('1d').exactOptional(),
  /** Where the PIN is asked for: everywhere, or everywhere but at a phone of the mailbox's own user. */
  pin: z.enum(['everywhere', 'elsewhere']).exactOptional(),
  /** Whoever calls from outside and presses * during a greeting may open a mailbox with its PIN. */
  fromOutside: z.boolean().exactOptional(),
  /** What is sent to the `email` of a user or a group: the message itself, a note of it, or nothing. */
  mail: z.enum(['sound', 'note', 'none']).exactOptional(),
});
export type VoicemailSettings = z.output<typeof voicemail>;
