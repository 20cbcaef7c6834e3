import { EXPIRES, peerName, placeholderOf, QUALIFY, type RecipeFacts, type RecipeSection } from './facts.ts';
import { inboundSection } from './inbound.ts';

/** FreePBX up to 16 with chan_sip: the trunk's page, and what FreePBX makes of it. */
export function chanSipSections(facts: RecipeFacts): RecipeSection[] {
  const { domain, login, extension, server } = facts;
  const name = peerName(facts);
  const context = facts.did === 'to' ? 'from-pstn-toheader' : 'from-trunk';
  const peer = [
    'type=friend',
    `host=${server.host}`,
    `port=${server.port}`,
    `defaultuser=${login}`,
    `secret=${placeholderOf(facts)}`,
    // Who it is, beside whose number is shown: that goes into P-Asserted-Identity.
    `fromuser=${login}`,
    `fromdomain=${domain.name}`,
    'sendrpid=pai',
    // Our INVITE is known by where it comes from: we have no password to answer a challenge with.
    'insecure=port,invite',
    'qualify=yes',
    `qualifyfreq=${QUALIFY}`,
    'dtmfmode=rfc2833',
    'disallow=all',
    'allow=alaw,ulaw',
    'directmedia=no',
    `context=${context}`,
    '',
  ].join('\n');
  const register = `${login}@${domain.name}:${placeholderOf(facts)}:${login}@${server.host}:${server.port}/${extension}~${EXPIRES}`;
  return [
    {
      side: 'pbx',
      title: 'Connectivity > Trunks > Add SIP (chan_sip) Trunk: Trunk Name; sip Settings > Outgoing: Trunk Name',
      text: `${name}\n`,
    },
    { side: 'pbx', title: 'sip Settings > Outgoing: PEER Details', text: peer },
    { side: 'pbx', title: 'sip Settings > Incoming: USER Context and USER Details', text: '(leave both empty)\n' },
    { side: 'pbx', title: 'sip Settings > Incoming: Register String', text: `${register}\n` },
    inboundSection(facts),
    {
      side: 'pbx',
      title: 'to know',
      text: [
        'An extension of the PBX that has the same number as a caller here is asked for its own password by chan_sip, and the call fails:',
        'give the PBX other extensions than the domain has, or take pjsip, which looks at the address first.',
        'A password with @ : / or ; breaks the Register String: choose one of letters and digits.',
        'Behind a router: Settings > Asterisk SIP Settings > External Address and Local Networks; in its chan_sip part NAT: yes.',
        '',
      ].join('\n'),
    },
    {
      side: 'pbx',
      title: 'sip_registrations.conf, within [general] (FreePBX writes it)',
      file: 'sip_registrations.conf',
      text: `register=${register}\n`,
    },
    {
      side: 'pbx',
      title: 'sip_additional.conf (FreePBX writes it)',
      file: 'sip_additional.conf',
      text: `[${name}]\n${peer}`,
    },
  ];
}
