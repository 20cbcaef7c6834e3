import type { Domain, User } from '../model/model.ts';
import type { World } from './plan.ts';

/** When calls go on to where an employee says by phone. */
export type OwnForward = 'always' | 'busy' | 'noAnswer';

/**
 * What employees have set by phone, beside the PBX file; what is absent is as the file says. `dnd: false`, `always: 'none'`: their
 * calls ring here, whatever the file has.
 */
export type OwnSettings = { readonly dnd?: boolean } & { readonly [when in OwnForward]?: string };

/** One of them becomes another; `to` is undefined where it is to be as in the file. */
export type OwnChange =
  | { readonly set: 'dnd'; readonly to: boolean | undefined }
  | { readonly set: OwnForward; readonly to: string | undefined };

/** The settings after a change; undefined where nothing is left of them. */
export function changedOwn(own: OwnSettings | undefined, { set, to }: OwnChange): OwnSettings | undefined {
  const { [set]: _, ...others } = own ?? {};
  const after = to === undefined ? others : { ...others, [set]: to };
  return Object.keys(after).length === 0 ? undefined : after;
}

/** Whether nothing is to ring. */
export function isUndisturbed({ dnd }: User, own: OwnSettings | undefined): boolean {
  return own?.dnd ?? dnd === true;
}

/** Where an employee's calls go, and at what. */
export function forwardsOf({ forward }: User, own: OwnSettings | undefined): NonNullable<User['forward']> {
  if (own === undefined) return forward ?? {};
  const { dnd: _, always, ...others } = own;
  const { always: fromFile, ...rest } = { ...forward, ...others };
  const all = always ?? fromFile;
  return all === undefined || all === 'none' ? rest : { ...rest, always: all };
}

/** What an employee has set by phone. */
export function ownOf(domain: Domain, { extension }: User, world: World): OwnSettings | undefined {
  return world.ownSettings(domain, extension);
}
