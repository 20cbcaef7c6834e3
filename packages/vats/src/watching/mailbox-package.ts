import { type EventPackage, type MailboxState, MESSAGE_SUMMARY_TYPE, writeMessageSummary } from '@vats/sip';
import type { PbxWatcher } from './pbx-watcher.ts';
import { readResource } from './resource.ts';

/** What is known of mailboxes: fed by voicemail. */
export interface Mailboxes {
  /**
   * What lies in the mailbox of an employee or a group; undefined where there is no such mailbox.
   *
   * @param domain `Domain.id`
   */
  of(domain: string, extension: string): MailboxState | undefined;
}

/** Message waiting lamps (RFC 3842). */
export function mailboxPackage(mailboxes: Mailboxes): EventPackage<PbxWatcher> {
  return {
    name: 'message-summary',
    types: [MESSAGE_SUMMARY_TYPE],
    expiry: { shortest: 60, usual: 3_600, longest: 86_400 },
    state: (key) => {
      const { domain, name } = readResource(key);
      const mailbox = mailboxes.of(domain, name);
      if (mailbox === undefined) return undefined;
      return { write: (_type, { entity }) => writeMessageSummary(entity, mailbox) };
    },
  };
}
