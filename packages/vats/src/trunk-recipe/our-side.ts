import { placeholderOf, type RecipeFacts, type RecipeKind, type RecipeSection } from './facts.ts';

const DIDS = {
  'request-uri': (number: string) => `the Request-URI's user part: ${number}`,
  to: (number: string) => `To's user part, ${number}; the Request-URI is the Contact as it was registered`,
  contact: () => 'nothing but the Contact: one inbound route for all numbers',
} as const;

/** What stands here, and what a person must know of it. */
export function ourSections(kind: RecipeKind, facts: RecipeFacts): RecipeSection[] {
  const { login, extension, did, number = '+7...', calls } = facts;
  const account = [`login: ${login}`, 'password: "..."', 'trunk: true', `did: ${did}`];
  if (calls !== undefined) account.push(`calls: ${calls}`);
  const pbx = `users:\n  - extension: "${extension}"\n    devices:\n      - { ${account.join(', ')} }\n`;
  const words = [
    `password   ${placeholderOf(facts)} below is the password of the account ${login}. It is not shown: only digests of it are kept.`,
    `           It is where the account was made (the PBX file, or what vats user add showed); vats user password ${login} makes another.`,
    `numbers    a call to extension ${extension} comes to the PBX as ${extension}, the user part of its Contact.`,
    `           A call to a number of the domain that leads there names it in ${DIDS[did](number)}`,
    '           (did: request-uri | to | contact).',
    `caller ID  a number of the domain in P-Asserted-Identity or From is kept; any other one is replaced, and the call goes on.`,
    '           Numbers outside need a rule under outbound: in the PBX file.',
    'codecs     PCMA, PCMU. DTMF by RFC 4733 (Asterisk still says rfc2833). Sound always goes through this switch.',
    'qualify    OPTIONS of the PBX are answered with 200; nothing need be set.',
    `lines      as many calls at once as calls: says${calls === undefined ? ', any number without it' : ''}; of one number as its channels: say.`,
    'NAT        a PBX behind a router: nothing to set here; its keep-alives are made by its qualify, its Contact is taken as it is.',
    `limits     ${kind === 'freepbx-chan_sip' ? 'chan_sip tries a wrong password every 20 s' : 'a wrong password is tried every minute'}; ten within five minutes ban its address: vats bans shows it, vats bans remove ends it.`,
  ];
  return [
    { side: 'vats', title: 'PBX file', text: pbx },
    { side: 'vats', title: 'to know', text: `${words.join('\n')}\n` },
  ];
}
