import { z } from 'zod';
import { type GroupEntry, group } from '../schema/group.ts';
import { type NumberEntry, numberEntry } from '../schema/outbound.ts';
import { type SchemeEntry, scheme } from '../schema/scheme.ts';
import { type TrunkEntry, trunk } from '../schema/trunk.ts';
import { type UserEntry, user } from '../schema/user.ts';
import type { DomainNumber, Frozen, Group, Managed, Scheme, Trunk, User } from './model.ts';

/** Plain data, as JSON and YAML can hold it. */
export type Json = string | number | boolean | null | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

/** The lists of a domain, by their key in the file. */
export type ListName = 'users' | 'groups' | 'trunks' | 'numbers' | 'schemes';

/** What one list of a domain holds: how an object is called, found, and written as the file writes it. */
export interface Kind<T extends Managed> {
  readonly list: ListName;
  readonly name: string;
  /** What identifies an object among its kind. */
  key(object: T): string;
  /** What a person knows the object by, where its key alone does not say it. */
  title(object: T): string | undefined;
  /** The object in the file's form, secrets included; `realm` is its domain's. */
  write(object: T, realm: string): JsonObject;
  /** The object that `write` wrote. Throws a ZodError for anything else. */
  read(written: unknown, managedBy: T['managedBy']): T;
}

/** The same value to code that has no word for immutability; it must not change it. */
export function thawed<T>(value: Frozen<T>): T {
  return value as T;
}

export const USERS: Kind<User> = {
  list: 'users',
  name: 'user',
  key: ({ extension }) => extension,
  title: ({ name }) => name,
  write: ({ managedBy: _, devices, ...rest }, realm) => {
    const entry = { ...rest, devices: devices.map((device) => ({ ...device, ha1: { realm, ...device.ha1 } })) };
    return z.encode(user, thawed<UserEntry>(entry)) as JsonObject;
  },
  read: (written, managedBy) => {
    const { devices = [], ...rest } = z.decode(user, written as z.input<typeof user>);
    return {
      ...rest,
      devices: devices.map(({ password: _, ha1, ...device }) => {
        if (ha1 === undefined) throw new Error(`device ${device.login} has no ha1`);
        const { realm: __, ...digests } = ha1;
        return { ...device, ha1: digests };
      }),
      managedBy,
    };
  },
};

export const GROUPS: Kind<Group> = {
  list: 'groups',
  name: 'group',
  key: ({ extension }) => extension,
  title: ({ name }) => name,
  write: ({ managedBy: _, ...entry }) => z.encode(group, thawed<GroupEntry>(entry)) as JsonObject,
  read: (written, managedBy) => ({ ...z.decode(group, written as z.input<typeof group>), managedBy }),
};

export const TRUNKS: Kind<Trunk> = {
  list: 'trunks',
  name: 'trunk',
  key: ({ name }) => name,
  title: () => undefined,
  write: ({ managedBy: _, ...entry }) => z.encode(trunk, thawed<TrunkEntry>(entry)) as JsonObject,
  read: (written, managedBy) => {
    const { register, ...rest } = z.decode(trunk, written as z.input<typeof trunk>);
    if (register === undefined) return { ...rest, managedBy };
    const { password } = register;
    if (typeof password !== 'string') throw new Error(`the password of trunk ${rest.name} is sealed`);
    return { ...rest, register: { ...register, password }, managedBy };
  },
};

export const NUMBERS: Kind<DomainNumber> = {
  list: 'numbers',
  name: 'number',
  key: ({ number }) => number,
  title: () => undefined,
  write: ({ managedBy: _, ...entry }) => z.encode(numberEntry, thawed<NumberEntry>(entry)) as JsonObject,
  read: (written, managedBy) => ({ ...z.decode(numberEntry, written as z.input<typeof numberEntry>), managedBy }),
};

export const SCHEMES: Kind<Scheme> = {
  list: 'schemes',
  name: 'scheme',
  key: ({ name }) => name,
  title: ({ title }) => title,
  write: ({ managedBy: _, ...entry }) => z.encode(scheme, thawed<SchemeEntry>(entry)) as JsonObject,
  read: (written, managedBy) => ({ ...z.decode(scheme, written as z.input<typeof scheme>), managedBy }),
};
