import type { BannedConnections } from './access/banned-connections.ts';
import type { CallJournal } from './call-journal.ts';
import type { HistoryKeeper } from './history-keeper.ts';
import type { Recordings } from './recordings/open-recordings.ts';
import type { Switch } from './switch.ts';
import type { TlsKeeper } from './tls/tls-keeper.ts';
import type { OpenVoicemail } from './voicemail/open-voicemail.ts';

/** All that a switch shows of itself, but for what `runningSwitch` adds. */
export type SwitchMembers = Omit<
  Switch,
  'startedAt' | 'listeners' | 'disk' | 'storage' | 'tls' | 'reloadTls' | 'reloadAccess' | 'drain' | 'close'
>;

/** Parts that nobody outside is shown, but that a switch is closed with. */
export interface PartsWithin {
  readonly recordings: Recordings;
  readonly mailboxes: OpenVoicemail;
  readonly journal: CallJournal;
  readonly keeper: HistoryKeeper;
  readonly bannedConnections: BannedConnections;
  readonly tls: TlsKeeper;
}

/** The switch as others have it, when all of its parts run: what can be done with it as a whole. */
export function runningSwitch(members: SwitchMembers, within: PartsWithin): Switch {
  const { clock, calls, transport, access, sweepAccess } = members;
  const { disk, storage } = within.recordings;
  let closed: Promise<void> | undefined;
  return {
    ...members,
    startedAt: clock.now(),
    get listeners() {
      return transport.listeners;
    },
    disk,
    storage,
    tls: within.tls,
    reloadTls: (next) => within.tls.use(next),
    reloadAccess: (next) => {
      access.useSettings(next);
      sweepAccess();
    },
    drain: (limit) =>
      new Promise((resolve) => {
        const giveUp = clock.after(limit, () => calls.hangUpAll('switch-stopped'));
        calls.drain(() => {
          giveUp();
          resolve();
        });
      }),
    close: () => {
      closed ??= close(members, within);
      return closed;
    },
  };
}

async function close(members: SwitchMembers, within: PartsWithin): Promise<void> {
  const { numbering, calls, watching, messages, trunks, transactions, overload } = members;
  const { registrar, transport, access, media, store } = members;
  const { recordings, mailboxes, journal, keeper, bannedConnections, tls } = within;
  tls.close();
  numbering.close();
  calls.hangUpAll('switch-stopped');
  await new Promise<void>((resolve) => calls.drain(resolve));
  await journal.idle();
  keeper.close();
  recordings.disk.close();
  recordings.keeper.close();
  await recordings.finishing.close();
  await mailboxes.close();
  await recordings.storage.close();
  // While requests can still go out: the operators are told that we are gone.
  await trunks.close();
  watching.close();
  messages.close();
  transactions.close();
  overload.close();
  await registrar.close();
  await transport.close();
  bannedConnections.close();
  await access.close();
  await media.close();
  await store.close();
}
