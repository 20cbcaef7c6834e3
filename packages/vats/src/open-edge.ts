import type { Clock, Ledger, Log, Random } from '@vats/kernel';
import type { TrunkLines } from '@vats/registrar';
import { DigestServer, type Network, TransactionLayer, TransportLayer } from '@vats/sip';
import type { Store } from '@vats/store';
import { AccessControl } from './access/access-control.ts';
import { BannedConnections } from './access/banned-connections.ts';
import { Addressing } from './addressing/addressing.ts';
import { openOverload } from './open-overload.ts';
import { connectionsAtMost, openCountryTable } from './opening.ts';
import type { Settings } from './settings/index.ts';
import type { SwitchParts } from './switch.ts';
import { TlsKeeper } from './tls/tls-keeper.ts';
import { TrunkServers } from './trunk-servers.ts';

const DIGEST_SECRET_OCTETS = 32;

interface Beneath {
  readonly network: Network;
  readonly store: Store;
  readonly data: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly ledger: Ledger;
  /** What is to be closed, the last first. */
  readonly undo: (() => Promise<void>)[];
  /** Whose servers are trunks'; asked from the first datagram on. */
  readonly lines: () => Pick<TrunkLines, 'isOfTrunk' | 'areOfOne'>;
}

/**
 * Where the world meets the switch: sockets, who may use them, transactions, and what refuses new requests while there are too many.
 * `isTooLate` of the answer is to be set when the front door stands, before anything is listened on.
 */
export async function openEdge(settings: Settings, parts: SwitchParts, beneath: Beneath) {
  const { network, store, data, clock, random, log, ledger, undo, lines } = beneath;
  const addressing = new Addressing({
    media: settings.media.addresses,
    local: settings.sip.local,
    ...(settings.sip.advertise && { advertise: settings.sip.advertise }),
    ...(settings.media.advertise && { advertiseMedia: settings.media.advertise }),
  });
  const edge = { isTooLate: (_octets: Buffer, _transport: string): boolean => false };
  const tls = new TlsKeeper({ settings: settings.sip.tls, clock, log });
  undo.push(async () => tls.close());
  const transport = new TransportLayer({
    network,
    tls: parts.tls ?? tls.rim,
    origins: settings.sip.webSocket.origins,
    clock,
    random,
    log,
    ledger,
    admit: (endpoint, transport, octets, behind) =>
      servers.admit({ ...endpoint, transport }, octets, behind) &&
      !(octets !== undefined && edge.isTooLate(octets, transport)),
    isKnown: (address) => servers.isKnown(address),
    isProven: (endpoint, transport) => servers.isProven({ ...endpoint, transport }),
    bounds: { total: connectionsAtMost(settings, log) },
    sentBy: (flow, bound) => addressing.sentBy(flow, bound),
  });
  undo.push(() => transport.close());
  const digest = new DigestServer({ clock, random, secret: random.bytes(DIGEST_SECRET_OCTETS) });
  const access = new AccessControl({
    settings: settings.access,
    table: openCountryTable(settings, data),
    store,
    clock,
    random,
    log,
    ledger,
    vouchesFor: (octets, address) => digest.vouchesFor(octets, address),
    onEvent: (event) => {
      if (event.type === 'banned') bannedConnections.banBegan(event.ban);
      parts.onAccessEvent?.(event);
    },
  });
  const servers: TrunkServers = new TrunkServers(
    {
      isOfTrunk: (address) => lines().isOfTrunk(address),
      areOfOne: (one, other) => lines().areOfOne(one, other),
    },
    access,
  );
  const bannedConnections = new BannedConnections({ clock, log, gate: servers, transport });
  await access.load();
  undo.push(() => access.close());
  const transactions = new TransactionLayer({ transport, clock, random, log, ledger });
  const overload = openOverload({
    ...{ transport, transactions, store, clock, random, log },
    sources: parts.load ?? (parts.clock === undefined ? {} : { occupancy: () => 0 }),
    onEvent: (event) => parts.onLoadEvent?.(event),
  });
  undo.push(async () => overload.close());
  return Object.assign(edge, {
    ...{ addressing, tls, transport, digest, access, servers, bannedConnections, transactions, overload },
  });
}
