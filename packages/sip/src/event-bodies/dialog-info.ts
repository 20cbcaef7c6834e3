import { shortXmlText, XML_DECLARATION, xmlText } from './xml-text.ts';

/** The type of documents of the package `dialog` (RFC 4235 §4). */
export const DIALOG_INFO_TYPE = 'application/dialog-info+xml';

/** Somebody in a dialog, as others may see them. */
export interface DialogParty {
  /** A URI. */
  readonly uri: string;
  readonly name?: string | undefined;
}

/** A dialog as watchers see it (RFC 4235 §3.7): nothing here lets anybody speak in it. */
export interface DialogView {
  /** Stays the same as long as the dialog lives. */
  readonly id: string;
  /** Who began it: the watched one, or somebody else. */
  readonly direction: 'initiator' | 'recipient';
  readonly state: 'trying' | 'proceeding' | 'early' | 'confirmed' | 'terminated';
  readonly local?: DialogParty | undefined;
  readonly remote?: DialogParty | undefined;
}

/** Dialogs that a document names at most; more of them light a lamp no more. */
const DIALOGS_TOLD = 20;

/** What stands for a watched one without dialogs: there are phones that let an empty document change nothing. */
const IDLE = '<dialog id="none"><state>terminated</state></dialog>';

/** The dialogs of a document, without its frame, which alone differs from one subscription to another. */
export function writeDialogs(dialogs: readonly DialogView[]): string {
  return dialogs.length === 0 ? IDLE : dialogs.slice(0, DIALOGS_TOLD).map(dialogElement).join('');
}

/**
 * A whole document (RFC 4235 §4.1), always of the full state: who missed one is right again with the next.
 *
 * @param entity URI of the watched one
 * @param version counts the documents of a subscription from 0 on
 * @param dialogs by `writeDialogs`
 */
export function writeDialogInfo(entity: string, version: number, dialogs: string): Buffer {
  return Buffer.from(
    `${XML_DECLARATION}<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="${version}" state="full" entity="${xmlText(entity)}">${dialogs}</dialog-info>\n`,
    'utf8',
  );
}

function dialogElement({ id, direction, state, local, remote }: DialogView): string {
  const parties = partyElement('local', local) + partyElement('remote', remote);
  return `<dialog id="${xmlText(id)}" direction="${direction}"><state>${state}</state>${parties}</dialog>`;
}

function partyElement(side: 'local' | 'remote', party: DialogParty | undefined): string {
  if (party === undefined) return '';
  const uri = xmlText(party.uri);
  const display = party.name === undefined ? '' : ` display="${shortXmlText(party.name)}"`;
  return `<${side}><identity${display}>${uri}</identity><target uri="${uri}"/></${side}>`;
}
