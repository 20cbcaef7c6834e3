import type { Gate } from '@vats/access';
import type { CallManager } from '@vats/calls';
import type { Clock, Log } from '@vats/kernel';
import type { Directory } from '@vats/pbx';
import type { Registrar } from '@vats/registrar';
import type { DigestServer, OverloadControl, TransactionLayer } from '@vats/sip';
import type { Store } from '@vats/store';
import type { MessageRelay } from '../messages/message-relay.ts';
import { registrarAccount } from '../registrations.ts';
import type { Settings } from '../settings/index.ts';
import type { Trunks } from '../trunks.ts';
import type { Watching } from '../watching/watching.ts';
import { Admission } from './admission.ts';
import { Authenticator } from './authenticator.ts';
import { callOrigin } from './call-origin.ts';
import type { Capabilities } from './capabilities.ts';
import { DigestChoices } from './digest-choices.ts';
import { FrontDoor } from './front-door.ts';
import { Visitors } from './visitors.ts';

export interface FrontDoorOpening {
  readonly settings: Settings;
  readonly digest: DigestServer;
  readonly gate: Gate;
  readonly overload: OverloadControl;
  readonly capabilities: Capabilities;
  readonly store: Pick<Store, 'keyFor'>;
  readonly directory: () => Directory;
  readonly transactions: TransactionLayer;
  readonly trunks: Trunks;
  /** Takes what is let in to register. */
  readonly registrar: Registrar;
  /** Takes what is let in to call. */
  readonly calls: CallManager;
  /** Takes who is let in to watch somebody. */
  readonly watching: Watching;
  /** Takes what is let in to write. */
  readonly messages: MessageRelay;
  readonly clock: Clock;
  readonly log: Log;
}

/** The front door, who asks for credentials at it, and who knows of whom a request comes; whoever is let in goes to the registrar and calls. */
export function openFrontDoor(opening: FrontDoorOpening): {
  readonly door: FrontDoor;
  readonly authenticator: Authenticator;
  readonly visitors: Visitors;
  readonly admission: Admission;
} {
  const {
    settings,
    digest,
    gate,
    overload,
    capabilities,
    store,
    directory,
    transactions,
    trunks,
    registrar,
    calls,
    watching,
    messages,
    clock,
    log,
  } = opening;
  const choices = new DigestChoices({
    directory,
    machine: settings.sip.digest,
    key: store.keyFor('digest-choices'),
  });
  const authenticator = new Authenticator({ digest, gate, directory, choices, clock, log });
  const visitors = new Visitors({ proxies: settings.access.proxies, clock, log });
  const admission = new Admission({ overload, gate, clock });
  const door = new FrontDoor({
    ...{ transactions, authenticator, gate, admission, visitors, directory, trunks },
    capabilities,
    register: (request, flow, account, visitor) => {
      const transaction = transactions.accept(request, flow);
      registrar.register(request, flow, registrarAccount(account, visitor), (reply) => transaction.respond(reply));
    },
    ask: (request, flow, account, visitor, what) => {
      registrar.heard(flow);
      if (what === 'MESSAGE') messages.take(request, flow, account);
      else if (what === 'PUBLISH') watching.publish(request, flow, account);
      else watching.subscribe(request, flow, account, visitor);
    },
    invite: (request, flow, origin, visitor) => {
      // Good credentials show that the phone is alive; anything less could come from a forged source.
      registrar.heard(flow);
      calls.invite(request, flow, callOrigin(request, origin, visitor, directory()));
    },
  });
  return { door, authenticator, visitors, admission };
}
