import type { Directory } from '../model/directory.ts';
import type { Domain, Group, User } from '../model/model.ts';
import { type Journey, planOf } from './journey.ts';
import type { Plan, RingOutcome } from './plan.ts';

/** Whose mailbox an extension is: a user's or a group's; undefined where there is none. A login is no mailbox. */
export function mailboxOwner(domain: Domain, extension: string, directory: Directory): User | Group | undefined {
  const user = directory.findUser(domain, extension);
  return user?.extension === extension ? user : directory.findGroup(domain, extension);
}

/** The caller may leave a message. @param ended how the call had gone before, with which it goes on where no message can be left */
export function leaveMessage(journey: Journey, owner: User | Group, ended: RingOutcome, because: string): Plan {
  const { extension, name } = owner;
  return planOf(journey, {
    do: 'voicemail',
    box: extension,
    ended,
    because: `${because}, so a message can be left for ${name} (${extension})`,
  });
}
