import type { Switch } from '../create-switch.ts';
import { ControlError, type ControlRoutes } from './control-server.ts';
import { theDomain } from './the-domain.ts';

/** What the operator may order about groups: who of the members takes part in those that ask for it. */
export function groupRoutes({ model, logins }: Pick<Switch, 'model' | 'logins'>): ControlRoutes {
  const put =
    (loggedIn: boolean): ControlRoutes[string] =>
    ({ params, query }) => {
      const { group: extension = '', member = '' } = params;
      const domain = theDomain(model, query.get('domain') ?? undefined);
      const group = model.directory.findGroup(domain, extension);
      if (group === undefined) throw new ControlError(404, `there is no group ${extension} in ${domain.name}`);
      const user = model.directory.findUser(domain, member);
      if (user === undefined || !model.directory.isMember(domain, extension, user.extension)) {
        const members = group.members.map(({ to }) => to).join(', ');
        throw new ControlError(404, `${member} is no member of group ${extension}: it has ${members}`);
      }
      if (group.login !== true) {
        throw new ControlError(
          409,
          `members of group ${extension} ring without being logged in: write login: true in the group to change that`,
        );
      }
      const changed = logins.set(domain.id, extension, user.extension, loggedIn);
      return { group: extension, name: group.name, member: user.extension, loggedIn, changed };
    };
  return {
    'PUT /groups/:group/logins/:member': put(true),
    'DELETE /groups/:group/logins/:member': put(false),
  };
}
