import type { User } from '../model/model.ts';
import { type Journey, planOf, rejected } from './journey.ts';
import { mailboxOwner } from './leave-message.ts';
import type { Plan, World } from './plan.ts';

/**
 * Takes an employee to a mailbox by phone: their own, or the one whose extension they dialled behind the code. It is their own, too, where
 * it is that of a group that they are in.
 *
 * @param extension what was dialled behind the code; empty for their own
 */
export function openMailbox(journey: Journey, user: User, extension: string, code: string, world: World): Plan {
  const { domain, caller } = journey.call;
  const because = `${code} is the mailbox`;
  const box = extension === '' ? user.extension : extension;
  const owner = mailboxOwner(domain, box, world.directory);
  if (owner === undefined) return rejected(journey, 'not-found', `${extension} is nobody's`, because);
  // Behind a PBX anybody may call by its account.
  const isPhone = caller.kind === 'device' && caller.device.trunk !== true;
  const own = isPhone && (box === user.extension || world.directory.isMember(domain, box, user.extension));
  return planOf(journey, { do: 'mailbox', box, own, because: `${because} of ${owner.name} (${box})` });
}
