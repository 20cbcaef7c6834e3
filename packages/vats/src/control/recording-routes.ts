import { join, resolve } from 'node:path';
import type { ConferenceSnapshot, RecordingRefusal } from '@vats/calls';
import { fileKeyOf, fileKeyOfBeginning, HEADER_OCTETS, SEALED } from '@vats/media';
import type { RecordingEntry } from '@vats/pbx';
import { StorageFault } from '@vats/store';
import { z } from 'zod';
import type { Switch } from '../create-switch.ts';
import type { FoundRecording } from '../recordings/recording-storage.ts';
import { bodyOf } from './body-of.ts';
import { ControlError, type ControlRoutes } from './control-server.ts';

/** Rows that one look at recordings shows at most. */
const LISTED_AT_MOST = 1000;

const commandBody = z.strictObject({ do: z.enum(['start', 'stop', 'pause', 'resume']) });

const REFUSALS: Readonly<Record<RecordingRefusal, string>> = {
  'nobody-talks': 'nobody talks yet: a call is recorded from its answer on',
  codec: 'a side talks in a codec that is not recorded: G.711 is',
  running: 'it is being recorded already',
  'not-running': 'it is not being recorded',
  busy: 'its last recording is being closed: try again',
  negotiating: 'a side is changing its sound at this moment: try again',
  'low-disk': 'the disk is too full for recordings: make room',
  'no-key': 'the domain has no key yet to encrypt with: try again',
};

/** Why the operator can't have that of a call's recording. @param conferences those that somebody is in */
export function refusalText(
  call: string,
  refused: RecordingRefusal,
  conferences: readonly Pick<ConferenceSnapshot, 'extension' | 'recorded' | 'people'>[],
): string {
  const room = conferences.find(({ people }) => people.some((person) => person.call === call));
  if (room === undefined || (refused !== 'nobody-talks' && refused !== 'not-running')) return REFUSALS[refused];
  const how = room.recorded ? 'is recorded as one' : 'is not recorded: only record: true of the conference does that';
  return `it is in conference ${room.extension}, which ${how}`;
}

/** What the operator may ask of recordings, those of calls that are up and those on disk. */
export function recordingRoutes({
  model,
  store,
  calls,
  settings,
  storage,
}: Pick<Switch, 'model' | 'store' | 'calls' | 'settings' | 'storage'>): ControlRoutes {
  const placed = async (entry: RecordingEntry) => {
    const file = join(settings.data, entry.path);
    if (entry.state === 'expired' || entry.state === 'too-short') return { ...entry, file };
    try {
      const found = await storage.find(resolve(file));
      const key = file.endsWith(SEALED) ? await keyOf(entry, found) : undefined;
      return {
        ...{ ...entry, file },
        ...('url' in found && { url: found.url, place: found.place }),
        ...(key !== undefined && { key: key.toString('base64') }),
      };
    } catch (error) {
      if (!(error instanceof StorageFault)) throw error;
      return { ...entry, file, trouble: `${error.message}; ${error.remedy}` };
    }
  };
  /** Of this one file: whoever may ask here may read the key file as well, and needs no more than that. */
  const keyOf = async (entry: RecordingEntry, found: FoundRecording): Promise<Buffer | undefined> => {
    const { directory } = model;
    const id = directory.domainById(entry.domain)?.id ?? directory.findDomain(entry.domain)?.id ?? entry.domain;
    const domainKey = store.recordingKeys.of(id);
    if (domainKey === undefined) return undefined;
    const beginning = 'url' in found ? await found.beginning(HEADER_OCTETS) : undefined;
    try {
      if ('file' in found) return fileKeyOf(found.file, domainKey);
      return beginning && fileKeyOfBeginning(beginning, domainKey);
    } catch {
      // Whoever opens it is told what is wrong with it.
      return undefined;
    }
  };
  return {
    'GET /recordings': async ({ query }) => {
      const limit = Math.min(Number(query.get('limit') ?? 100) || 100, LISTED_AT_MOST);
      const before = Number(query.get('before') ?? Number.NaN);
      const filter = { limit, ...(Number.isFinite(before) && { before }) };
      return { recordings: await store.recordings.list(filter) };
    },
    'GET /recordings/:id': async ({ params }) => {
      const id = params.id ?? '';
      const found = await store.recordings.list({ call: id.replace(/\.\d+$/, ''), limit: LISTED_AT_MOST });
      const chosen = found.filter((entry) => entry.id === id || entry.call === id);
      if (chosen.length === 0) {
        throw new ControlError(404, `there is no recording of call ${id}: vats recordings lists them`);
      }
      return { recordings: await Promise.all(chosen.reverse().map(placed)) };
    },
    'POST /calls/:id/recording': ({ params, body }) => {
      const id = params.id ?? '';
      const refused = calls.record(id, bodyOf(commandBody, body).do);
      if (refused === 'no-call') throw new ControlError(404, `there is no call ${id}`);
      if (refused !== undefined)
        throw new ControlError(409, `call ${id}: ${refusalText(id, refused, calls.conferences())}`);
      return {};
    },
  };
}
