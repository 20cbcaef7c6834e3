/** The type of documents of the package `message-summary` (RFC 3842 §3.5). */
export const MESSAGE_SUMMARY_TYPE = 'application/simple-message-summary';

/** What lies in a mailbox. */
export interface MailboxState {
  readonly newMessages: number;
  readonly oldMessages: number;
  readonly newUrgent?: number;
  readonly oldUrgent?: number;
}

/** @param account URI of the mailbox @example ends in `Voice-Message: 2/8 (0/2)` */
export function writeMessageSummary(account: string, mailbox: MailboxState): Buffer {
  const { newMessages, oldMessages, newUrgent = 0, oldUrgent = 0 } = mailbox;
  const lines = [
    `Messages-Waiting: ${newMessages > 0 ? 'yes' : 'no'}`,
    `Message-Account: ${account}`,
    `Voice-Message: ${newMessages}/${oldMessages} (${newUrgent}/${oldUrgent})`,
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n`, 'utf8');
}
