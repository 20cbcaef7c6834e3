export {
  DIALOG_INFO_TYPE,
  type DialogParty,
  type DialogView,
  writeDialogInfo,
  writeDialogs,
} from './dialog-info.ts';
export { type MailboxState, MESSAGE_SUMMARY_TYPE, writeMessageSummary } from './message-summary.ts';
export { ACTIVITIES, PIDF_TYPE, type PresenceActivity, type PresenceState, writePidf } from './pidf.ts';
export { type PidfFault, readPidf } from './read-pidf.ts';
export { REGINFO_TYPE, type RegisteredContact, writeReginfo } from './reginfo.ts';
