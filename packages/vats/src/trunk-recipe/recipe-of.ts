import type { Device, Domain, User } from '@vats/pbx';
import { ControlError } from '../control/control-server.ts';
import type { Switch } from '../create-switch.ts';
import { RECIPES, type RecipeFacts, type RecipeKind, type TrunkRecipe } from './facts.ts';
import { trunkRecipe } from './recipe.ts';

/**
 * The recipe of a PBX that registers here, by its account's login or its user's extension.
 *
 * @throws ControlError that says what there is: another name, another kind of trunk, another recipe
 */
export function recipeOf(
  domain: Domain,
  name: string,
  kind: string,
  running: Pick<Switch, 'settings' | 'listeners'>,
): TrunkRecipe {
  if (!isRecipe(kind)) {
    throw new ControlError(
      400,
      `${kind === '' ? 'no recipe is named' : `there is no recipe for ${kind}`}: --for ${RECIPES.join(' | ')}`,
    );
  }
  const accounts = pbxAccounts(domain);
  const found = accounts.find(({ user, device }) => device.login === name || user.extension === name);
  if (found === undefined) throw new ControlError(404, whyNone(domain, name, accounts));
  const { user, device } = found;
  return trunkRecipe(kind, {
    domain,
    login: device.login,
    extension: user.extension,
    did: device.did ?? 'request-uri',
    number: numberTo(domain, user.extension),
    calls: device.calls,
    server: serverOf(domain, running),
  });
}

interface PbxAccount {
  readonly user: User;
  readonly device: Device;
}

function pbxAccounts(domain: Domain): PbxAccount[] {
  return domain.users.flatMap((user) =>
    user.devices.filter(({ trunk }) => trunk === true).map((device) => ({ user, device })),
  );
}

function whyNone(domain: Domain, name: string, accounts: readonly PbxAccount[]): string {
  const names = accounts.map(({ device }) => device.login);
  const there =
    names.length === 0
      ? `no PBX registers at ${domain.name}: give a user a device with trunk: true`
      : `name one of ${names.join(', ')}`;
  const isOurs = domain.trunks.some((trunk) => trunk.name === name);
  return isOurs
    ? `trunk ${name} is a system that calls go out to, not a PBX that registers here, which is what recipes are for; ${there}`
    : `${domain.name} has no PBX account ${name}: ${there}`;
}

/** A number whose scheme, or which itself, names the extension: good as an example of what the PBX hears. */
function numberTo(domain: Domain, extension: string): string | undefined {
  const names = (scheme: string | undefined): boolean => {
    const found = domain.schemes.find((each) => each.name === scheme);
    return found !== undefined && JSON.stringify(found).includes(`"${extension}"`);
  };
  return domain.numbers.find(({ to, scheme }) => to === extension || names(scheme))?.number;
}

/** Where a PBX outside sends its requests: what we tell the world, else what we listen on, else the domain's own name. */
function serverOf(
  domain: Domain,
  { settings, listeners }: Pick<Switch, 'settings' | 'listeners'>,
): RecipeFacts['server'] {
  const udp = listeners.find(({ transport }) => transport === 'udp');
  if (udp === undefined)
    throw new ControlError(409, 'the recipes are for UDP, and the switch listens on none: add udp:// to sip.listen');
  const { address, port } = udp.endpoint;
  const { advertise } = settings.sip;
  if (advertise !== undefined) return { host: advertise.host, port: advertise.port ?? port };
  return { host: address === '0.0.0.0' || address === '::' ? domain.name : address, port };
}

function isRecipe(kind: string): kind is RecipeKind {
  return (RECIPES as readonly string[]).includes(kind);
}
