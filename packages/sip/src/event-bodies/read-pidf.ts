import { bad, good, type Parsed } from '@vats/kernel';
import {
  ACTIVITIES,
  PERSON_NAMESPACE,
  PIDF_NAMESPACE,
  type PresenceActivity,
  type PresenceState,
  RPID_NAMESPACE,
} from './pidf.ts';
import { readXml, type XmlElement, type XmlFault } from './xml-reader.ts';

export type PidfFault = XmlFault | 'not-presence' | 'bad-basic';

const LONGEST_NOTE = 128;

/**
 * What a phone publishes of its person (RFC 3863, RFC 4480): open when one of its tuples is, or when none says; the
 * activities that are known; the first note. All else is left unread.
 */
export function readPidf(octets: Buffer): Parsed<PresenceState, PidfFault> {
  const parsed = readXml(octets);
  if (!parsed.ok) return parsed;
  const presence = parsed.value;
  if (!isNamed(presence, PIDF_NAMESPACE, 'presence')) return bad('not-presence');
  const tuples = within(presence, PIDF_NAMESPACE, 'tuple');
  const said = tuples
    .flatMap((tuple) => within(tuple, PIDF_NAMESPACE, 'status'))
    .flatMap((status) => within(status, PIDF_NAMESPACE, 'basic'))
    .map(({ text }) => text.trim());
  if (said.some((basic) => basic !== 'open' && basic !== 'closed')) return bad('bad-basic');
  const persons = within(presence, PERSON_NAMESPACE, 'person');
  const activities = new Set(
    [...persons, ...tuples]
      .flatMap((element) => within(element, RPID_NAMESPACE, 'activities'))
      .flatMap(({ children }) => children)
      .filter(({ namespace }) => namespace === RPID_NAMESPACE)
      .map(({ name }) => name)
      .filter(isActivity),
  );
  const notes = [
    ...within(presence, PIDF_NAMESPACE, 'note'),
    ...tuples.flatMap((tuple) => within(tuple, PIDF_NAMESPACE, 'note')),
    ...persons.flatMap((person) => within(person, PERSON_NAMESPACE, 'note')),
  ];
  const note = notes
    .map(({ text }) => text.replace(/\s+/g, ' ').trim().slice(0, LONGEST_NOTE))
    .find((text) => text !== '');
  return good({
    open: said.length === 0 || said.includes('open'),
    activities: [...activities],
    ...(note !== undefined && { note }),
  });
}

function within({ children }: XmlElement, namespace: string, name: string): readonly XmlElement[] {
  return children.filter((child) => isNamed(child, namespace, name));
}

function isNamed(element: XmlElement, namespace: string, name: string): boolean {
  return element.name === name && element.namespace === namespace;
}

function isActivity(name: string): name is PresenceActivity {
  return (ACTIVITIES as readonly string[]).includes(name);
}
