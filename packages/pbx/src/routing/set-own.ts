import type { Device, User } from '../model/model.ts';
import { isPublicNumber } from '../schema/destination.ts';
import { normaliseNumber } from '../schema/number.ts';
import type { Feature, Ordered } from './codes.ts';
import { wayOut } from './go-out.ts';
import { type Journey, planOf, rejected } from './journey.ts';
import type { OwnChange, OwnForward } from './own-settings.ts';
import type { Plan, RejectReason, World } from './plan.ts';

/** Codes by which employees change what becomes of their own calls. */
export type OwnFeature = Extract<Feature, 'dnd' | 'disturb' | `forward${string}` | `unforward${string}`>;

interface Order {
  readonly set: 'dnd' | OwnForward;
  readonly on: boolean;
  /** A sentence of it, for a person. */
  readonly is: string;
}

const ORDERS: Readonly<Record<OwnFeature, Order>> = {
  dnd: { set: 'dnd', on: true, is: 'do not disturb' },
  disturb: { set: 'dnd', on: false, is: 'the end of do not disturb' },
  forward: { set: 'always', on: true, is: 'the forward of all calls' },
  unforward: { set: 'always', on: false, is: 'the end of the forward of all calls' },
  forwardBusy: { set: 'busy', on: true, is: 'the forward where one is busy' },
  unforwardBusy: { set: 'busy', on: false, is: 'the end of the forward where one is busy' },
  forwardNoAnswer: { set: 'noAnswer', on: true, is: 'the forward where nobody answers' },
  unforwardNoAnswer: { set: 'noAnswer', on: false, is: 'the end of the forward where nobody answers' },
};

/** Whether a feature is one of these. */
export function isOwn(feature: Feature): feature is OwnFeature {
  return Object.hasOwn(ORDERS, feature);
}

/** Sets what becomes of an employee's own calls, as they order by a code: where calls may go is judged now, and at each call again. */
export function setOwn(
  journey: Journey,
  { user, device }: { readonly user: User; readonly device: Device },
  feature: OwnFeature,
  { code, digits }: Ordered,
  world: World,
): Plan {
  const { set, on, is } = ORDERS[feature];
  const because = `${code} is ${is}`;
  // Any phone behind it may have dialled, and all calls of all of them would go where it says.
  if (device.trunk === true) return rejected(journey, 'forbidden', 'a PBX has no settings of one employee', because);
  const plan = (change: OwnChange, text = ''): Plan =>
    planOf(journey, { do: 'own-setting', change, because: text === '' ? because : `${because}: ${text}` });
  // Who ends these two wants to be rung, whatever the file says; the other forwards are then as there.
  if (set === 'dnd') return plan({ set, to: on ? true : user.dnd === true ? false : undefined });
  if (!on) return plan({ set, to: set === 'always' && user.forward?.always !== undefined ? 'none' : undefined });
  if (digits === '') return rejected(journey, 'address-incomplete', 'the number to go on to follows the code', because);
  const found = targetOf(journey, user, digits, world);
  return 'to' in found ? plan({ set, to: found.to }, found.to) : rejected(journey, found.reason, found.text, because);
}

type Target = { readonly to: string } | { readonly reason: RejectReason; readonly text: string };

function targetOf(journey: Journey, user: User, digits: string, world: World): Target {
  const { domain } = journey.call;
  const { directory } = world;
  const { number, kind } = normaliseNumber(digits);
  const to = kind === 'e164' ? number : digits;
  if (to === user.extension) return { reason: 'loop', text: `${user.name} would forward to themselves` };
  const isExtension =
    directory.findUser(domain, to)?.extension === to ||
    directory.findGroup(domain, to) !== undefined ||
    directory.findConference(domain, to) !== undefined;
  if (isExtension || directory.ownsNumber(domain, to)) return { to };
  if (!isPublicNumber(to)) return { reason: 'not-found', text: `${to} is no extension, and no number in full` };
  const found = wayOut(journey, to, user, world);
  // Another moment may have room; a rule that denies stays.
  if (found.ok || (found.reason !== 'not-found' && found.reason !== 'forbidden')) return { to };
  return { reason: found.reason, text: `${to} ${found.because}: ${found.text}` };
}
