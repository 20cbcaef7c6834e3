import { isInTrouble, type LineStatus } from '@vats/registrar';
import type { Switch } from '../create-switch.ts';
import { recipeOf } from '../trunk-recipe/recipe-of.ts';
import { ControlError, type ControlRoutes } from './control-server.ts';
import { theDomain } from './the-domain.ts';

/** The trunks as operators look at them and try them. */
export function trunkRoutes(
  running: Pick<Switch, 'model' | 'trunks' | 'settings' | 'listeners' | 'clock'>,
): ControlRoutes {
  const { model, trunks, clock } = running;
  return {
    'GET /trunks/:name/recipe': ({ params, query }) => {
      const domain = theDomain(model, query.get('domain') ?? undefined);
      return recipeOf(domain, params.name ?? '', query.get('for') ?? '', running);
    },
    'GET /trunks': ({ query }) => {
      const name = query.get('domain') ?? undefined;
      const domain = name === undefined ? undefined : theDomain(model, name);
      const lines = trunks.all().filter((line) => domain === undefined || line.domain === domain.id);
      return { now: clock.now(), trunks: lines.map((line) => line.status()) };
    },
    'POST /trunks/:name/test': async ({ params, query }) => {
      const domain = theDomain(model, query.get('domain') ?? undefined);
      const { name = '' } = params;
      const line = trunks.of(domain.id, name);
      if (line !== undefined) return trunks.test(line);
      const names = domain.trunks.map((trunk) => trunk.name).join(', ');
      throw new ControlError(
        404,
        names === '' ? `${domain.name} has no trunks` : `${domain.name} has no trunk ${name}: name one of ${names}`,
      );
    },
  };
}

/** What `vats status` says of trunks. */
export function trunkStatus({ trunks }: Pick<Switch, 'trunks'>) {
  const statuses = trunks.statuses();
  const inTrouble = statuses.filter(isInTrouble);
  return { total: statuses.length, inTrouble: inTrouble.length, warnings: inTrouble.map(warningOf) };
}

function warningOf(status: LineStatus): string {
  const { domain, name } = status;
  return `trunk ${name} of ${domain} is ${troubleOf(status)}; vats trunk test ${name} shows why`;
}

/** What is the matter with a trunk that is in trouble. @example 'down: no answer within 10 s' */
export function troubleOf({ state, answer, up, upAnswer, why }: LineStatus): string {
  const isRegistrationAtFault = state === 'rejected' || state === 'unreachable';
  const said = isRegistrationAtFault ? answer : up === false ? upAnswer : undefined;
  const words = said === undefined ? (why ?? '') : `${said.status ?? ''} ${said.reason}`.trim();
  const what = isRegistrationAtFault || state === 'not-served' ? state : 'down';
  return `${what}${words === '' ? '' : `: ${words}`}`;
}
