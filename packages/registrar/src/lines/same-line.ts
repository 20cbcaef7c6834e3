import type { Trunk } from '@vats/pbx';
import { hostOf } from './trunk-peer.ts';

/** Whether a changed trunk is still the same line: who and where we are to its peer is as it was. */
export function isSameLine(before: Trunk, after: Trunk): boolean {
  const place = ({ proxy, domain, transport, tls, register }: Trunk) => ({
    ...{ proxy, domain, transport, tls },
    register: register && {
      login: register.login,
      contactUser: register.contactUser,
      expires: register.expires,
      outbound: register.outbound,
    },
  });
  return isEqual(place(before), place(after));
}

/** Whether both answer challenges alike. */
export function haveOneAccount(before: Trunk, after: Trunk): boolean {
  const account = ({ register }: Trunk) =>
    register && { password: register.password, authUser: register.authUser, realm: register.realm };
  return isEqual(account(before), account(after));
}

/** Whether both are called from the same places, and known by the same. */
export function haveOneList(before: Trunk, after: Trunk): boolean {
  return isEqual([before.allow, before.register?.recognise], [after.allow, after.register?.recognise]);
}

/** Whether both put the same Contact under one account: the newer one's binding takes the older one's place. */
export function haveOneBinding(before: Trunk, after: Trunk): boolean {
  const { register: old } = before;
  const { register } = after;
  if (old?.contactUser === undefined || register === undefined) return false;
  return old.contactUser === register.contactUser && old.login === register.login && hostOf(before) === hostOf(after);
}

function isEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
