import { join, resolve } from 'node:path';
import { CallManager, type ReachablePhone } from '@vats/calls';
import { FaultLines, GuardedClock, Ledger, SILENT, SystemClock, SystemRandom } from '@vats/kernel';
import { type Domain, isUndisturbed, setting } from '@vats/pbx';
import { Registrar, TrunkLines } from '@vats/registrar';
import { DEFAULT_PORT, type Flow, NodeDns, SystemNetwork, sameHost } from '@vats/sip';
import { CallJournal } from './call-journal.ts';
import { endCutOffCalls } from './cut-off-calls.ts';
import { DecisionServices } from './decisions/decision-services.ts';
import { guardedDecisions } from './decisions/guarded-decisions.ts';
import { forgetWhatIsGone, noteDisturbance } from './forget-what-is-gone.ts';
import { capabilitiesOf } from './front-door/capabilities.ts';
import { openFrontDoor } from './front-door/open-front-door.ts';
import { HistoryKeeper } from './history-keeper.ts';
import { isNameOf } from './is-name-of.ts';
import { openLists } from './lists.ts';
import { MessageRelay } from './messages/message-relay.ts';
import { openDialogs } from './open-dialogs.ts';
import { openEdge } from './open-edge.ts';
import { freeSpace, listen, openStoreFor, prepareDirectory, repair, startMedia } from './opening.ts';
import { Participants } from './participants/participants.ts';
import { PbxModel } from './pbx-model.ts';
import { musicFile, promptFile, promptNames } from './prompts/prompt-files.ts';
import { reachablePhones } from './reachable-phones.ts';
import { openRecordings } from './recordings/open-recordings.ts';
import { logRegistration } from './registrations.ts';
import { GroupLogins } from './routing-world/group-logins.ts';
import { LiveWorld } from './routing-world/live-world.ts';
import { orderOfAgent } from './routing-world/order-of-agent.ts';
import { OwnSettingsKeeper } from './routing-world/own-settings.ts';
import { runningSwitch } from './running-switch.ts';
import { RunningTrunks } from './running-trunks.ts';
import type { Settings } from './settings/index.ts';
import type { Switch, SwitchParts } from './switch.ts';
import { openVoicemail } from './voicemail/open-voicemail.ts';
import { Watching } from './watching/watching.ts';

export type { Switch, SwitchParts } from './switch.ts';

/** In the data directory: which members are logged in to their groups. */
const GROUP_LOGINS = 'group-logins.json';
/** Beside it: what employees have set by phone. */
const OWN_SETTINGS = 'own-settings.json';

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
  const { random = new SystemRandom(), log = SILENT, ledger = new Ledger() } = parts;
  const bare = parts.clock ?? new SystemClock();
  const faults = new FaultLines(bare, log);
  const clock = new GuardedClock(bare, (error) => faults.tell('timer.failed', error));
  const network = parts.network ?? new SystemNetwork();
  const data = resolve(settings.data);
  const recordingsDirectory = join(data, 'recordings');
  if (parts.store === undefined) prepareDirectory(data);

  const store = parts.store ?? (await openStoreFor(settings, data, clock, log));
  undo.push(() => store.close());
  const media = parts.media ?? (await startMedia(settings, { clock, log, ledger }));
  undo.push(() => media.close());

  const edge = await openEdge(settings, parts, {
    ...{ network, store, data, clock, random, log, ledger, undo },
    lines: () => lines,
  });
  const { addressing, tls, transport, digest, access, servers, bannedConnections, transactions, overload } = edge;
  const capabilities = capabilitiesOf(settings.sip);
  const dialogs = openDialogs(settings.sip, capabilities, {
    ...{ transactions, transport, clock, random, log, ledger },
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
    instanceKey: store.keyFor('trunk-instances'),
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
    isNameOf: (host, domain) => isNameOf(host, model.directory.domainById(domain)),
    isProxy: (address) => Object.keys(settings.access.proxies).some((proxy) => sameHost(proxy, address)),
    onEvent: (event) => {
      logRegistration(log, model.directory.domainById(event.binding.domain)?.name, event);
      access.noteRegistration(event);
      watching.noteRegistration(event);
      calls.agentsChanged();
      parts.onRegistrarEvent?.(event);
    },
    userAgent: settings.sip.userAgent,
  });
  const model = new PbxModel(
    store,
    log,
    () => clock.now(),
    (before, after) => {
      forgetWhatIsGone(before, after, { watching, registrar, rates, contacts, own, logins, model, log });
      noteDisturbance(before, after, watching);
      recordings.keeper.makeKeys(after.domains);
      watching.noteModel();
      calls.agentsChanged();
      access.usePolicies(model.directory);
      // First, so that the sweep knows their servers.
      if (parts.trunks === undefined) lines.use(after.domains);
      sweepAccess();
    },
    { register: () => numbering.names, prompts: (language) => promptNames(data, language) },
  );
  access.usePolicies(model.directory);
  const mailboxes = await openVoicemail({
    ...{ store, data, clock, random, log, ledger, smtp: settings.smtp, hasFiles: parts.media === undefined },
    directory: () => model.directory,
    isDiskLow: () => recordings.disk.isLow,
    onEvent: (event) => parts.onVoicemailEvent?.(event),
    onChange: (domain, box) => watching.noteMailbox(domain, box),
  });
  const { voicemail } = mailboxes;
  undo.push(() => mailboxes.close());
  const own = new OwnSettingsKeeper({
    log,
    ...(parts.store === undefined && { file: join(data, OWN_SETTINGS) }),
    onChange: (domain, extension) => {
      watching.noteEmployee(domain, extension);
      calls.agentsChanged();
    },
  });
  const participants = new Participants();
  ledger.enrol('calls with participants', () => participants.size);
  const watching: Watching = new Watching({
    participants,
    ...{ dialogs, registrar, clock, random, log, ledger, mailboxes: voicemail.watched },
    directory: () => model.directory,
    isUndisturbed: (domain, user) => isUndisturbed(user, own.of(domain, user.extension)),
  });
  undo.push(async () => watching.close());

  const recordings = openRecordings({
    ...{ settings: settings.recordings, store, data, directory: recordingsDirectory, clock, log, ledger },
    domains: () => model.directory.model.domains,
    free: parts.freeSpace ?? (() => freeSpace(data, recordingsDirectory)),
    // What a test puts in the media plane's place writes no file.
    minFree: parts.media === undefined || parts.freeSpace !== undefined ? settings.recordings.minFree : 0,
    stop: (why) => calls.stopRecordings(why),
  });
  const { finishing } = recordings;
  undo.push(async () => recordings.disk.close());
  undo.push(() => recordings.storage.close());
  undo.push(() => finishing.close());
  undo.push(async () => recordings.keeper.close());
  recordings.keeper.makeKeys(model.directory.model.domains);

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
    return port === DEFAULT_PORT[flow.transport] ? { host } : { host, port };
  };
  const ownAddresses = {
    on: (flow: Flow) => transport.ownAddressOn(flow),
    towards: (remote: string) => transport.ownAddressTowards(remote),
  };
  const logins = new GroupLogins({
    log,
    ...(parts.store === undefined && { file: join(data, GROUP_LOGINS) }),
    onChange: () => calls.agentsChanged(),
  });
  const trunks = parts.trunks ?? new RunningTrunks({ lines, directory: () => model.directory, clock, log });
  const world: LiveWorld = new LiveWorld({
    participants,
    clock,
    log,
    directory: () => model.directory,
    isReachable: (domain, login) => registrar.isReachable(domain, login),
    calls: () => calls,
    logins,
    onWait: (domain, wait) => calls.restoreWait(domain, wait),
    own,
    isTrunkUp: (domain, trunk) => trunks.isUp(domain, trunk),
    responsible: (domain, number) => contacts.find(domain.id, number)?.extension,
    cheapestFirst: (domain, number, names) => rates.cheapestFirst(domain.id, number, names),
    numberPlace: (number) => numbering.find(number),
    ...parts.answers,
  });
  ledger.enrol('employees on the phone', () => world.size);
  const locate = (domain: Domain, login: string): readonly ReachablePhone[] =>
    reachablePhones({ registrar, access, directory: model.directory }, domain, login);
  const decisions = new DecisionServices({ allow: settings.decisions.allow, ledger });
  const calls: CallManager = new CallManager({
    dialogs,
    media,
    clock,
    random,
    log,
    ledger,
    hostOf,
    advertisedMedia: (flow) => addressing.advertisedMedia(flow, ownAddresses),
    locate,
    world: () => world,
    line: (domain, trunk) => trunks.line(domain, trunk),
    flowTo: (target) => transport.flowTo(target),
    spending: parts.spending ?? spending,
    recordings: (domain) => recordings.keeper.terms(domain),
    music: (domain) => musicFile(data, domain),
    mailboxes: voicemail,
    prompt: (domain, name) => promptFile(data, setting(domain, 'language'), name)?.path,
    decide: guardedDecisions(parts.decide ?? ((...asked) => decisions.ask(...asked)), faults, clock),
    settings: {
      recordings: recordingsDirectory,
      timeLimit: settings.calls.timeLimit,
      maxCalls: settings.calls.max,
      transcode: settings.media.transcode,
      video: settings.media.video,
      sessionTimer: settings.sip.sessionTimer,
    },
    agents: (domain, extension, order) => orderOfAgent(logins, clock, domain, extension, order),
    setOwn: (domain, extension, change) => own.set(domain.id, extension, change),
    conferenceRecorded: (recorded) => {
      journal.noteConference(recorded);
      if (recorded.what.kind !== 'started' && parts.media === undefined) finishing.finish(recorded.path);
    },
    emit: (event) => {
      participants.note(event);
      journal.note(event);
      if (parts.media !== undefined) return;
      if (event.type === 'recording.finished' || event.type === 'recording.failed') finishing.finish(event.path);
    },
  });

  const sweepAccess = (): void => {
    access.sweep({
      ...{ registrar, calls, dialogs, transport },
      directory: () => model.directory,
      isTrunkAt: (address) => servers.isThere(address),
    });
    watching.sweep((address, domain, login) => access.admitsBinding(address, model.directory, domain, login));
  };
  const messages = new MessageRelay({
    ...{ transactions, locate, hostOf, userAgent: settings.sip.userAgent, clock, random, log, ledger },
    directory: () => model.directory,
  });

  const { door, authenticator, visitors, admission } = openFrontDoor({
    ...{
      settings,
      digest,
      gate: access.gate,
      overload,
      capabilities,
      store,
      transactions,
      trunks,
      registrar,
      calls,
      watching,
      messages,
      clock,
      log,
    },
    directory: () => model.directory,
  });
  edge.isTooLate = (octets, transport) => transport === 'udp' && admission.leavesUnread(octets);
  dialogs.mayAnswer = (request, flow) => door.mayAnswer(request, flow);

  await world.restore(store.history);
  await listen(settings, transport);
  if (parts.media === undefined) {
    for (const path of await repair(recordingsDirectory, store, log)) finishing.finish(path);
  }
  await recordings.disk.start();
  recordings.keeper.start();
  await mailboxes.start();
  recordings.storage.start();
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
  transport.onKeepAlive = (flow) => registrar.keptAlive(flow);
  dialogs.outOfDialog = (request, flow) => door.receive(request, flow);
  if (parts.trunks === undefined) lines.use(model.directory.model.domains);

  return runningSwitch(
    {
      settings,
      clock,
      ledger,
      model,
      calls,
      registrar,
      trunks: lines,
      store,
      media,
      transport,
      transactions,
      overload,
      authenticator,
      access,
      visitors,
      spending,
      rates,
      contacts,
      numbering,
      world,
      logins,
      own,
      watching,
      messages,
      voicemail,
      sweepAccess,
    },
    { recordings, mailboxes, journal, keeper, bannedConnections, tls },
  );
}
