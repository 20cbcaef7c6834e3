import { join, resolve } from 'node:path';
import { CallManager, type ReachablePhone } from '@vats/calls';
import { formatEndpoint, Ledger, SILENT, SystemClock, SystemRandom } from '@vats/kernel';
import { Finisher, startFinishing } from '@vats/media';
import { type Domain, setting } from '@vats/pbx';
import { Registrar, TrunkLines } from '@vats/registrar';
import {
  DialogLayer,
  DigestServer,
  type Flow,
  NodeDns,
  SystemNetwork,
  TransactionLayer,
  TransportLayer,
} from '@vats/sip';
import { AccessControl } from './access/access-control.ts';
import { BannedConnections } from './access/banned-connections.ts';
import { Addressing } from './addressing/addressing.ts';
import { CallJournal } from './call-journal.ts';
import { endCutOffCalls } from './cut-off-calls.ts';
import { Authenticator } from './front-door/authenticator.ts';
import { callOrigin } from './front-door/call-origin.ts';
import { DigestChoices } from './front-door/digest-choices.ts';
import { ALLOWED_METHODS, FrontDoor } from './front-door/front-door.ts';
import { Visitors } from './front-door/visitors.ts';
import { HistoryKeeper } from './history-keeper.ts';
import { openLists } from './lists.ts';
import {
  connectionsAtMost,
  freeSpace,
  openCountryTable,
  openStoreFor,
  prepareDirectory,
  repair,
  startMedia,
} from './opening.ts';
import { PbxModel } from './pbx-model.ts';
import { musicFile, promptFile, promptNames } from './prompts/prompt-files.ts';
import { DiskWatch } from './recordings/disk-watch.ts';
import { Finishing } from './recordings/finishing.ts';
import { openRecordingStorage } from './recordings/open-storage.ts';
import { RecordingKeeper } from './recordings/recording-keeper.ts';
import { accountsGone, logRegistration, registrarAccount } from './registrations.ts';
import { GroupLogins } from './routing-world/group-logins.ts';
import { LiveWorld } from './routing-world/live-world.ts';
import { RunningTrunks } from './running-trunks.ts';
import type { Settings } from './settings/index.ts';
import { startFailureOf } from './start-failure.ts';
import type { Switch, SwitchParts } from './switch.ts';
import { TrunkServers } from './trunk-servers.ts';

export type { Switch, SwitchParts } from './switch.ts';

const SIP_PORT = 5060;
const DIGEST_SECRET_OCTETS = 32;
/** In the data directory: which members are logged in to their groups. */
const GROUP_LOGINS = 'group-logins.json';

/**
 * Joins the parts to a switch: the only place that knows all of them.
 *
 * @throws StartFailure when something is in the way (a port in use, a directory that can't be written); nothing is left half-started
 */
export async function createSwitch(settings: Settings, parts: SwitchParts = {}): Promise<Switch> {
  const undo: (() => Promise<void>)[] = [];
  try {
    return await start(settings, parts, undo);
  } catch (error) {
    for (const close of undo.reverse()) await close().catch(() => {});
    throw error;
  }
}

async function start(settings: Settings, parts: SwitchParts, undo: (() => Promise<void>)[]): Promise<Switch> {
  const { clock = new SystemClock(), random = new SystemRandom(), log = SILENT, ledger = new Ledger() } = parts;
  const network = parts.network ?? new SystemNetwork();
  const data = resolve(settings.data);
  const recordings = join(data, 'recordings');
  if (parts.store === undefined) prepareDirectory(data);

  const store = parts.store ?? (await openStoreFor(settings, data, clock, log));
  undo.push(() => store.close());
  const media = parts.media ?? (await startMedia(settings, { clock, log, ledger }));
  undo.push(() => media.close());

  const addressing = new Addressing({
    media: settings.media.addresses,
    local: settings.sip.local,
    ...(settings.sip.advertise && { advertise: settings.sip.advertise }),
    ...(settings.media.advertise && { advertiseMedia: settings.media.advertise }),
  });
  const transport = new TransportLayer({
    network,
    clock,
    random,
    log,
    ledger,
    admit: (endpoint, transport, octets, behind) => servers.admit({ ...endpoint, transport }, octets, behind),
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
      isOfTrunk: (address) => lines.isOfTrunk(address),
      areOfOne: (one, other) => lines.areOfOne(one, other),
    },
    access,
  );
  const bannedConnections = new BannedConnections({ clock, log, gate: servers, transport });
  await access.load();
  undo.push(() => access.close());
  const transactions = new TransactionLayer({ transport, clock, random, log, ledger });
  const dialogs = new DialogLayer({
    transactions,
    transport,
    clock,
    random,
    log,
    ledger,
    userAgent: settings.sip.userAgent,
    allow: ALLOWED_METHODS,
    supported: [],
    mayMove: ({ flow }, arrived) => servers.mayMove(flow, arrived),
  });

  const lines = new TrunkLines({
    clock,
    random,
    log,
    ledger,
    dns: parts.dns ?? new NodeDns({ clock, ledger }),
    transactions,
    transport,
    userAgent: settings.sip.userAgent,
    onEvent: (event) => parts.onTrunkEvent?.(event),
  });
  undo.push(() => lines.close());

  const registrar = new Registrar({
    clock,
    random,
    log,
    ledger,
    store: store.bindings,
    transactions,
    transport,
    serves: (host, domain) => model.directory.findDomain(host)?.id === domain,
    onEvent: (event) => {
      logRegistration(log, model.directory.domainById(event.binding.domain)?.name, event);
      access.noteRegistration(event);
      parts.onRegistrarEvent?.(event);
    },
    userAgent: settings.sip.userAgent,
  });
  const model = new PbxModel(
    store,
    log,
    () => clock.now(),
    (before, after) => {
      for (const [domain, login] of accountsGone(before, after)) {
        registrar.remove(domain, login).catch((error: unknown) => {
          log.error('registrar.not-removed', { login, error: String(error) });
        });
      }
      for (const { id } of before.domains) {
        if (model.directory.domainById(id) !== undefined) continue;
        rates.forget(id);
        contacts.forget(id);
      }
      recordingKeeper.makeKeys(after.domains);
      access.usePolicies(model.directory);
      // First, so that the sweep knows their servers.
      if (parts.trunks === undefined) lines.use(after.domains);
      sweepAccess();
    },
    { register: () => numbering.names, prompts: (language) => promptNames(data, language) },
  );
  access.usePolicies(model.directory);

  const diskWatch = new DiskWatch({
    clock,
    log,
    free: parts.freeSpace ?? (() => freeSpace(data, recordings)),
    // What a test puts in the media plane's place writes no file.
    minFree: parts.media === undefined || parts.freeSpace !== undefined ? settings.recordings.minFree : 0,
    onLow: () => {
      const stopped = calls.stopRecordings('low-disk');
      if (stopped > 0) log.error('recordings.stopped', { recordings: stopped, why: 'low-disk' });
    },
  });
  undo.push(async () => diskWatch.close());
  const finisher = new Finisher({ clock, start: startFinishing });
  const storage = openRecordingStorage(settings.recordings, recordings, { clock, log });
  undo.push(() => storage.close());
  const finishing = new Finishing({
    ...{ store, data, finisher, clock, log },
    domains: () => model.directory.model.domains,
    onKept: (path) => storage.take(path),
  });
  undo.push(() => finishing.close());
  ledger.enrol('recordings being finished', () => finishing.size);
  ledger.enrol('recordings to be finished again', () => finishing.triedAgain);
  ledger.enrol('recordings to be stored elsewhere', () => storage.status?.waiting ?? 0);
  const recordingKeeper: RecordingKeeper = new RecordingKeeper({
    ...{ store, data, directory: recordings, storage, disk: diskWatch, clock, log },
    domains: () => model.directory.model.domains,
  });
  undo.push(async () => recordingKeeper.close());
  recordingKeeper.makeKeys(model.directory.model.domains);

  const { onSpendingEvent } = parts;
  const { rates, contacts, spending, numbering } = await openLists({
    ...{ store, clock, log, onSpendingEvent },
    directory: () => model.directory,
  });
  undo.push(async () => numbering.close());
  ledger.enrol('calls counted against limits', () => spending.size);

  const journal = new CallJournal({
    store,
    data,
    log,
    onEvent: (event) => parts.onCallEvent?.(event),
  });
  ledger.enrol('calls being written', () => journal.waiting);
  ledger.enrol('store writes', () => store.health().pending);
  const hostOf = (flow: Flow, domain: Domain): { host: string; port?: number } => {
    if (model.directory.model.domains.length > 1) return { host: domain.name };
    const { host, port } = transport.sentBy(flow);
    return port === SIP_PORT ? { host } : { host, port };
  };
  const ownAddresses = {
    on: (flow: Flow) => transport.ownAddressOn(flow),
    towards: (remote: string) => transport.ownAddressTowards(remote),
  };
  const logins = new GroupLogins({ log, ...(parts.store === undefined && { file: join(data, GROUP_LOGINS) }) });
  const trunks = parts.trunks ?? new RunningTrunks({ lines, directory: () => model.directory, clock, log });
  const world: LiveWorld = new LiveWorld({
    clock,
    log,
    directory: () => model.directory,
    isReachable: (domain, login) => registrar.isReachable(domain, login),
    calls: () => calls,
    logins,
    isTrunkUp: (domain, trunk) => trunks.isUp(domain, trunk),
    responsible: (domain, number) => contacts.find(domain.id, number)?.extension,
    cheapestFirst: (domain, number, names) => rates.cheapestFirst(domain.id, number, names),
    numberPlace: (number) => numbering.find(number),
    ...parts.answers,
  });
  ledger.enrol('employees on the phone', () => world.size);
  const calls: CallManager = new CallManager({
    dialogs,
    media,
    clock,
    random,
    log,
    ledger,
    hostOf,
    advertisedMedia: (flow) => addressing.advertisedMedia(flow, ownAddresses),
    locate: (domain, login) => {
      const phones: ReachablePhone[] = [];
      for (const target of registrar.bindingsOf(domain.id, login)) {
        if (!('flow' in target)) continue;
        const { client, flow } = target.binding;
        if (!access.admitsBinding((client ?? flow.observed).address, model.directory, domain.id, login)) continue;
        const at = { flow: target.flow, ...(client !== undefined && { client: client.address }) };
        phones.push({ ...at, requestUri: target.requestUri, routes: target.binding.path });
      }
      return phones;
    },
    world: () => world,
    line: (domain, trunk) => trunks.line(domain, trunk),
    flowTo: (target) => transport.flowTo(target),
    spending: parts.spending ?? spending,
    recordings: (domain) => recordingKeeper.terms(domain),
    music: (domain) => musicFile(data, domain),
    prompt: (domain, name) => promptFile(data, setting(domain, 'language'), name)?.path,
    settings: {
      recordings,
      timeLimit: settings.calls.timeLimit,
      maxCalls: settings.calls.max,
      transcode: settings.media.transcode,
      video: settings.media.video,
    },
    conferenceRecorded: (recorded) => {
      journal.noteConference(recorded);
      if (recorded.what.kind !== 'started' && parts.media === undefined) finishing.finish(recorded.path);
    },
    emit: (event) => {
      world.note(event);
      journal.note(event);
      if (parts.media !== undefined) return;
      if (event.type === 'recording.finished' || event.type === 'recording.failed') finishing.finish(event.path);
    },
  });

  const sweepAccess = (): void =>
    access.sweep({
      ...{ registrar, calls, dialogs, transport },
      directory: () => model.directory,
      isTrunkAt: (address) => servers.isThere(address),
    });

  const authenticator = new Authenticator({
    digest,
    gate: access.gate,
    directory: () => model.directory,
    choices: new DigestChoices({
      directory: () => model.directory,
      machine: settings.sip.digest,
      key: store.keyFor('digest-choices'),
    }),
    clock,
    log,
  });
  const visitors = new Visitors({ proxies: settings.access.proxies, clock, log });
  const door = new FrontDoor({
    transactions,
    authenticator,
    gate: access.gate,
    visitors,
    directory: () => model.directory,
    trunks,
    register: (request, flow, account, visitor) => {
      const transaction = transactions.accept(request, flow);
      registrar.register(request, flow, registrarAccount(account, visitor), (reply) => transaction.respond(reply));
    },
    invite: (request, flow, origin, visitor) => {
      // Good credentials show that the phone is alive; anything less could come from a forged source.
      registrar.heard(flow);
      calls.invite(request, flow, callOrigin(request, origin, visitor, model.directory));
    },
  });
  dialogs.mayAnswer = (request, flow) => door.mayAnswer(request, flow);

  await world.restore(store.history);
  for (const { transport: name, endpoint } of settings.sip.listen) {
    const what = `sip.listen ${name}://${formatEndpoint(endpoint)}`;
    try {
      await transport.listen({ transport: name, endpoint });
    } catch (error) {
      throw startFailureOf(what, 'stop what uses it, or give another address with --listen or sip.listen', error);
    }
  }
  if (parts.media === undefined) {
    for (const path of await repair(recordings, store, log)) finishing.finish(path);
  }
  await diskWatch.start();
  recordingKeeper.start();
  storage.start();
  await endCutOffCalls({
    store,
    directory: model.directory,
    log,
    onEvent: (event) => parts.onCallEvent?.(event),
  });
  const keeper = new HistoryKeeper({ history: store.history, clock, log, keep: settings.history.keep });
  undo.push(async () => keeper.close());
  await registrar.load();
  for (const { binding } of registrar.registrations()) access.noteRegistration({ type: 'registered', binding });
  sweepAccess();
  undo.push(() => registrar.close());
  dialogs.outOfDialog = (request, flow) => door.receive(request, flow);
  if (parts.trunks === undefined) lines.use(model.directory.model.domains);

  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    numbering.close();
    calls.hangUpAll('switch-stopped');
    await new Promise<void>((resolve) => calls.drain(resolve));
    await journal.idle();
    keeper.close();
    diskWatch.close();
    recordingKeeper.close();
    await finishing.close();
    await storage.close();
    // While requests can still go out: the operators are told that we are gone.
    await lines.close();
    transactions.close();
    await registrar.close();
    await transport.close();
    bannedConnections.close();
    await access.close();
    await media.close();
    await store.close();
  };
  return {
    settings,
    clock,
    startedAt: clock.now(),
    get listeners() {
      return transport.listeners;
    },
    ledger,
    model,
    calls,
    registrar,
    trunks: lines,
    store,
    media,
    transport,
    transactions,
    authenticator,
    access,
    visitors,
    spending,
    rates,
    contacts,
    numbering,
    disk: diskWatch,
    storage,
    world,
    logins,
    reloadAccess: (next) => {
      access.useSettings(next);
      sweepAccess();
    },
    sweepAccess,
    drain: (limit) =>
      new Promise((resolve) => {
        const giveUp = clock.after(limit, () => calls.hangUpAll('switch-stopped'));
        calls.drain(() => {
          giveUp();
          resolve();
        });
      }),
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}
