import { conferencesOf } from './addresses.ts';
import type { Circumstances } from './check-memory.ts';
import { below, type DomainView, type Report } from './domain-view.ts';
import { unknownPrompt } from './prompts.ts';

/** PINs that whoever guesses tries first. */
const GUESSED = /^(\d)\1*$|^0?123456789?0?$|^(?:1234|12345|2580|4321)$/;

/** Whether a PIN is among the first that are tried. */
export function isGuessed(pin: string): boolean {
  return GUESSED.test(pin);
}

/** Finds conferences that say something which comes to nothing, or that anybody would get into. */
export function checkConferences(view: DomainView, report: Report, { prompts }: Circumstances): void {
  for (const { object: conference, path } of conferencesOf(view)) {
    const { extension, music, pin } = conference;
    if (music !== undefined && music !== 'default' && !prompts.has(music)) {
      unknownPrompt(music, below(path, 'music'), report);
    }
    if (pin !== undefined && isGuessed(pin)) {
      report('warning', below(path, 'pin'), `the PIN of conference ${extension} is easily guessed`, 'take another');
    }
  }
}
