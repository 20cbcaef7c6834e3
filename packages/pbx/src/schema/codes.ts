import { z } from 'zod';
import { textThat } from './fault.ts';

const code = textThat(
  (text) => text === 'none' || /^\*[0-9*]{1,7}$/.test(text),
  (text) => `${text} is no code`,
  'write a star and further digits, such as "*45", or none to do without it',
);

/** What employees dial to order something of the switch, each with a code of its own; `none` takes it away. */
export const codes = z.strictObject({
  /** Gives callers their own sound back. */
  echo: code.exactOptional(),
  /** Logs in to all groups that ask for it, or to the one whose extension follows. */
  login: code.exactOptional(),
  logout: code.exactOptional(),
  /** Takes no calls of groups from now on. */
  pause: code.exactOptional(),
  resume: code.exactOptional(),
  /** Opens the own mailbox, or that of the extension that follows. */
  voicemail: code.exactOptional(),
  /** Answers what rings at a colleague's phone in a group of one's own, or at the extension that follows. */
  pickup: code.exactOptional(),
  /** Calls whoever called last. */
  returnCall: code.exactOptional(),
  /** Nothing rings from now on; and the end of that. */
  dnd: code.exactOptional(),
  disturb: code.exactOptional(),
  /** Calls go on to the number that follows: all, or those that find one busy or that one does not answer; and the end of each. */
  forward: code.exactOptional(),
  unforward: code.exactOptional(),
  forwardBusy: code.exactOptional(),
  unforwardBusy: code.exactOptional(),
  forwardNoAnswer: code.exactOptional(),
  unforwardNoAnswer: code.exactOptional(),
});
export type Codes = z.output<typeof codes>;
