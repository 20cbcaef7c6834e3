import { type Domain, type Frozen, setting } from '../model/model.ts';
import type { VoicemailSettings } from '../schema/voicemail.ts';

/** The terms of a domain's mailboxes, with what holds where its file says nothing. Times in milliseconds. */
export type VoicemailTerms = Frozen<
  Required<Omit<VoicemailSettings, 'greeting' | 'keep'>> & Pick<VoicemailSettings, 'greeting' | 'keep'>
>;

const USUAL: Omit<VoicemailTerms, 'greeting' | 'keep'> = {
  silence: 10_000,
  longest: 180_000,
  least: 2_000,
  messages: 100,
  minutes: 60,
  pin: 'everywhere',
  fromOutside: false,
  mail: 'sound',
};

export function voicemailTerms(domain: Domain): VoicemailTerms {
  return { ...USUAL, ...setting(domain, 'voicemail') };
}
