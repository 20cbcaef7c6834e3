import { type Domain, forwardsOf, isUndisturbed, type OwnSettings, type User } from '@vats/pbx';
import type { Switch } from '../create-switch.ts';
import { ControlError, type ControlRoutes } from './control-server.ts';
import { theDomain } from './the-domain.ts';

/** What an employee has set by phone, and what holds of the PBX file beside it. */
export function ownRoutes({ model, own, registrar }: Pick<Switch, 'model' | 'own' | 'registrar'>): ControlRoutes {
  const employee = (query: URLSearchParams, extension = ''): { readonly domain: Domain; readonly user: User } => {
    const domain = theDomain(model, query.get('domain') ?? undefined);
    const user = model.directory.findUser(domain, extension);
    if (user !== undefined) return { domain, user };
    throw new ControlError(
      404,
      `nobody in ${domain.name} has extension ${extension}: vats user export shows who has which`,
    );
  };
  return {
    'GET /users/:extension': ({ params, query }) => {
      const { domain, user } = employee(query, params.extension);
      const { extension, name, devices } = user;
      const set = own.of(domain.id, extension);
      return {
        ...{ domain: domain.name, extension, name },
        devices: devices.map(({ login }) => ({ login, registered: registrar.isReachable(domain.id, login) })),
        dnd: { on: isUndisturbed(user, set), by: set?.dnd === undefined ? 'file' : 'phone' },
        forwards: forwardsShown(user, set),
      };
    },
    'DELETE /users/:extension/own': ({ params, query }) => {
      const { domain, user } = employee(query, params.extension);
      return { extension: user.extension, changed: own.reset(domain.id, user.extension) };
    },
  };
}

function forwardsShown(user: User, set: OwnSettings | undefined): object[] {
  const shown = Object.entries(forwardsOf(user, set)).map(([when, to]) => ({
    ...{ when, to },
    by: Object.hasOwn(set ?? {}, when) ? 'phone' : 'file',
  }));
  // The file has one that the employee has ended.
  return set?.always === 'none' ? [{ when: 'always', to: 'none', by: 'phone' }, ...shown] : shown;
}
