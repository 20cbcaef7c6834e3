import type { Clock, Ledger, Log, Random } from '@vats/kernel';
import type { Directory, User } from '@vats/pbx';
import type { Registrar, RegistrarEvent } from '@vats/registrar';
import {
  badEvent,
  type DialogLayer,
  type EventPackage,
  eventOf,
  type Flow,
  Notifier,
  type ReplyDraft,
  type SipRequest,
  SipUri,
  type SubscriptionSnapshot,
} from '@vats/sip';
import type { Authenticated } from '../front-door/authenticator.ts';
import type { Visitor } from '../front-door/visitors.ts';
import type { Participants } from '../participants/participants.ts';
import { dialogPackage } from './dialog-package.ts';
import { EVENT_PACKAGES } from './event-packages.ts';
import { Lamps } from './lamps.ts';
import { type Mailboxes, mailboxPackage } from './mailbox-package.ts';
import { accountOf, type PbxWatcher } from './pbx-watcher.ts';
import { presencePackage } from './presence-package.ts';
import { Publications } from './publications.ts';
import { registrationPackage } from './registration-package.ts';
import { readResource, resourceKey } from './resource.ts';
import { mayWatch, type WhoWatches, watchTarget } from './watch-target.ts';

export interface WatchingParts {
  readonly dialogs: DialogLayer;
  readonly registrar: Pick<Registrar, 'bindingsOf' | 'isReachable'>;
  readonly directory: () => Directory;
  readonly participants: Participants;
  readonly mailboxes: Mailboxes;
  /** Whether nothing is to ring at an employee. @param domain `Domain.id` */
  readonly isUndisturbed: (domain: string, user: User) => boolean;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly ledger: Ledger;
}

/** Lamps and presence: who watches whom, and what they are told. */
export class Watching {
  readonly lamps: Lamps;
  readonly publications: Publications;
  readonly notifier: Notifier<PbxWatcher>;
  readonly #packages: ReadonlyMap<string, EventPackage<PbxWatcher>>;
  readonly #parts: WatchingParts;

  constructor(parts: WatchingParts) {
    const { dialogs, registrar, directory, participants, clock, random, log, ledger } = parts;
    this.#parts = parts;
    this.notifier = new Notifier({ dialogs, clock, log, ledger });
    this.lamps = new Lamps((resource) => {
      this.notifier.changed('dialog', resource);
      this.notifier.changed('presence', resource);
    });
    participants.tell(this.lamps);
    ledger.enrol('lamps', () => this.lamps.size);
    this.publications = new Publications({
      ...{ clock, random, ledger },
      onChange: (resource) => this.notifier.changed('presence', resource),
    });
    const { lamps, publications } = this;
    const { isUndisturbed } = parts;
    const isReachable = registrar.isReachable.bind(registrar);
    const packages = [
      dialogPackage(lamps, directory, isUndisturbed),
      mailboxPackage(parts.mailboxes),
      presencePackage({ directory, isReachable, isUndisturbed, lamps, publications }),
      registrationPackage({ clock, directory, registrar }),
    ];
    this.#packages = new Map(packages.map((each) => [each.name, each]));
  }

  /** A SUBSCRIBE outside a dialog, of a proven account. */
  subscribe(request: SipRequest, flow: Flow, account: Authenticated, visitor: Visitor): void {
    const event = eventOf(request);
    const pack = event.ok ? this.#packages.get(event.value.package) : undefined;
    if (!event.ok || pack === undefined) return void this.#answer(request, flow, badEvent(EVENT_PACKAGES));
    const target = watchTarget(request, pack.name, account, this.#parts.directory());
    if ('status' in target) return void this.#answer(request, flow, target);
    const watcher = watcherOf(request, account, visitor);
    const resource = resourceKey(target);
    this.notifier.subscribe({ request, flow, event: event.value, package: pack, resource, watcher });
  }

  /** A PUBLISH of a proven account: everybody publishes of themselves alone. */
  publish(request: SipRequest, flow: Flow, account: Authenticated): void {
    const target = watchTarget(request, 'presence', account, this.#parts.directory());
    const isOwn = !('status' in target) && target.name === account.user.extension;
    const reply: ReplyDraft = isOwn
      ? this.publications.publish(request, resourceKey(target))
      : 'status' in target
        ? target
        : { status: 403 };
    this.#answer(request, flow, reply);
  }

  /** A phone registered, or is gone, or can be reached again. */
  noteRegistration({ type, binding: { domain: id, login } }: RegistrarEvent): void {
    const directory = this.#parts.directory();
    const domain = directory.domainById(id);
    const user = domain && directory.findUser(domain, login);
    if (user === undefined) return;
    const employee = resourceKey({ domain: id, kind: 'employee', name: user.extension });
    this.notifier.changed('reg', employee);
    this.notifier.changed('reg', resourceKey({ domain: id, kind: 'account', name: login }));
    if (type !== 'refreshed') this.notifier.changed('presence', employee);
  }

  /** An employee is not to be disturbed, or is again. @param domain `Domain.id` */
  noteEmployee(domain: string, extension: string): void {
    const employee = resourceKey({ domain, kind: 'employee', name: extension });
    this.notifier.changed('dialog', employee);
    this.notifier.changed('presence', employee);
  }

  /** Voicemail was left or heard. @param domain `Domain.id` */
  noteMailbox(domain: string, extension: string): void {
    for (const kind of ['employee', 'group'] as const)
      this.notifier.changed('message-summary', resourceKey({ domain, kind, name: extension }));
  }

  /**
   * The model is another one: who is gone is watched by nobody, and watches nobody; who may not watch something any more is told so. A
   * phone that is another employee's now subscribes anew, as that one.
   */
  noteModel(): void {
    const directory = this.#parts.directory();
    this.notifier.review();
    const whoIs = ({ domain: id, login }: PbxWatcher): WhoWatches | undefined => {
      const domain = directory.domainById(id);
      const user = domain && directory.findDevice(domain, login)?.user;
      return domain && user && { domain, user };
    };
    this.notifier.end('rejected', (watcher, _flow, watched) => {
      const who = whoIs(watcher);
      return who === undefined || !mayWatch(watched.package, readResource(watched.resource), who, directory);
    });
    this.notifier.end('deactivated', (watcher) => whoIs(watcher)?.user.extension !== watcher.extension);
    const presence = this.#packages.get('presence');
    this.publications.keepOnly((resource) => presence?.state(resource) !== undefined);
  }

  /** An account's password was changed, or it was removed: whoever subscribed with it must show the new one. */
  forgetAccount(domain: string, login: string): void {
    this.notifier.end('rejected', (watcher) => watcher.domain === domain && watcher.login === login);
  }

  /** Ends what those watch who may not come from where they are any more. */
  sweep(admits: (address: string, domain: string, login: string) => boolean): void {
    this.notifier.end(
      'rejected',
      ({ client, domain, login }, flow) => !admits(client ?? flow.observed.address, domain, login),
    );
  }

  snapshots(): SubscriptionSnapshot<PbxWatcher>[] {
    return this.notifier.snapshots();
  }

  close(): void {
    this.notifier.close();
    this.publications.close();
  }

  #answer(request: SipRequest, flow: Flow, reply: ReplyDraft): void {
    this.#parts.dialogs.context.transactions.accept(request, flow).respond(reply);
  }
}

function watcherOf(request: SipRequest, { domain, user, device }: Authenticated, visitor: Visitor): PbxWatcher {
  const { requestUri } = request;
  const uri = requestUri.ok && requestUri.value.kind === 'sip' ? requestUri.value : undefined;
  const host = uri?.host ?? domain.name;
  const entity = SipUri.of({ user: uri?.user ?? user.extension, host, port: uri?.port });
  return {
    account: accountOf(domain.id, device.login),
    domain: domain.id,
    login: device.login,
    extension: user.extension,
    entity: entity.toString(),
    host,
    port: uri?.port,
    ...(visitor.viaProxy && { client: visitor.address }),
  };
}
