import type { DialogLayerOptions } from '../../dialog/index.ts';
import { type World, world } from '../../dialog/testing/world.ts';
import type { SipRequest } from '../../message/message.ts';
import type { HeaderField } from '../../message/write-message.ts';
import { eventOf } from '../event-name.ts';
import type { EventPackage, Watcher } from '../event-package.ts';
import { badEvent, Notifier, type SubscriptionLimits } from '../notifier.ts';

/** Types that the lamp is told in. */
export const LAMP = 'application/lamp';
export const LAMP_TEXT = 'text/lamp';

export interface Ground extends World {
  readonly notifier: Notifier<Watcher>;
  /** What `lamp` says now; undefined when there is none. */
  lamp: string | undefined;
  /** Its documents cannot be written. */
  broken: boolean;
  /** Sends a SUBSCRIBE: outside a dialog, unless the phone has joined one. */
  subscribe(expires: number | undefined, more?: readonly HeaderField[], event?: string): void;
  /** The last NOTIFY that came. */
  notify(): SipRequest;
  /** Answers the last NOTIFY. */
  accept(status?: number, headers?: readonly HeaderField[]): void;
  /** Joins the dialog that the last 200 made. */
  join(): void;
  /** Changes the lamp and tells of it. */
  set(lamp: string | undefined): void;
}

const ALLOW = ['INVITE', 'ACK', 'BYE', 'CANCEL', 'OPTIONS', 'INFO', 'MESSAGE', 'NOTIFY', 'SUBSCRIBE'];

/** A stack with a notifier of one package, `dialog`, whose one resource is the lamp; and a phone that does what it is told. */
export async function ground(
  limits: Partial<SubscriptionLimits> = {},
  options: Partial<DialogLayerOptions> = {},
): Promise<Ground> {
  const stack = await world({ allow: ALLOW, ...options });
  const { clock, log, ledger, dialogs, phone, transactions } = stack;
  const notifier = new Notifier<Watcher>({ dialogs, clock, log, ledger, limits });
  const pack: EventPackage<Watcher> = {
    name: 'dialog',
    types: [LAMP, LAMP_TEXT],
    expiry: { shortest: 60, usual: 3_600, longest: 7_200 },
    state: () => {
      const { lamp } = made;
      return lamp === undefined
        ? undefined
        : {
            write: (type, _, version) => {
              if (made.broken) throw new Error('broken');
              return Buffer.from(`${type} ${version}: ${lamp}`);
            },
          };
    },
  };
  dialogs.outOfDialog = (request, flow) => {
    const event = eventOf(request);
    if (!event.ok || event.value.package !== pack.name) {
      transactions.replyStatelessly(request, flow, badEvent([pack.name]));
      return;
    }
    const account = request.fromTag?.split('-')[0] ?? '';
    notifier.subscribe({ request, flow, event: event.value, package: pack, resource: 'lamp', watcher: { account } });
  };
  const made: Ground = Object.assign(stack, {
    notifier,
    lamp: 'off' as string | undefined,
    broken: false,
    subscribe: (expires: number | undefined, more: readonly HeaderField[] = [], event = 'dialog') => {
      const time: HeaderField[] = expires === undefined ? [] : [['Expires', `${expires}`]];
      phone.send('SUBSCRIBE', { headers: [['Event', event], ...time, ...more] });
      clock.advance(30);
    },
    notify: () => phone.request('NOTIFY'),
    accept: (status = 200, headers: readonly HeaderField[] = []) => {
      phone.respond(phone.request('NOTIFY'), status, { headers });
      clock.advance(50);
    },
    join: () => phone.join(phone.response(200)),
    set: (lamp: string | undefined) => {
      made.lamp = lamp;
      notifier.changed('dialog', 'lamp');
      clock.advance(40);
    },
  });
  return made;
}

/** What a NOTIFY says: its Subscription-State and its document. */
export function told(notify: SipRequest): string {
  return `${notify.value('Subscription-State')} | ${notify.body.toString()}`;
}
