import { z } from 'zod';
import { textThat } from './fault.ts';
import { extension, line, refName, wholeNumber } from './words.ts';

/** Parties that a room of the media plane takes at most. */
export const MOST_SEATS = 100;

/** What is keyed in to be let in somewhere. */
export const pin = textThat(
  (text) => /^[0-9]{4,12}$/.test(text),
  () => 'the PIN is none that can be keyed in',
  'write 4 to 12 digits in quotes, such as "48213"',
);

/** A room in which all who dial its number hear each other. */
export const conference = z.strictObject({
  extension,
  name: line(128),
  /** Whoever dials is asked for it, three times at most; nobody is where it is absent. */
  pin: pin.exactOptional(),
  /** How many may be in it at once; as many as a room takes by default. */
  seats: wholeNumber(2, MOST_SEATS).exactOptional(),
  /** Whether what is said there is recorded, as one for all; by default where the domain records all calls. */
  record: z.boolean().exactOptional(),
  /** What those who are there hear of who comes and leaves: a short tone, or what has happened. Nothing by default. */
  announce: z.enum(['tone', 'voice']).exactOptional(),
  /** What whoever is alone hears, again and again: a prompt, or `default`, the domain's music on hold. Faint noise by default. */
  music: refName.exactOptional(),
});
export type ConferenceEntry = z.output<typeof conference>;
