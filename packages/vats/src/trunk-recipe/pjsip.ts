import { EXPIRES, peerName, placeholderOf, QUALIFY, type RecipeFacts, type RecipeSection } from './facts.ts';
import { inboundSection } from './inbound.ts';

/** FreePBX's name of its own UDP transport; a file edited by hand has one of that name, too, or changes it here. */
const TRANSPORT = '0.0.0.0-udp';

/** FreePBX from 12 on with pjsip: the trunk's two pages, and what FreePBX makes of them. */
export function freepbxPjsipSections(facts: RecipeFacts): RecipeSection[] {
  const { domain, login, extension, server } = facts;
  const form = (fields: readonly (readonly [string, string | number])[]): string =>
    `${fields.map(([name, value]) => `${name.padEnd(28)}${value}`).join('\n')}\n`;
  return [
    {
      side: 'pbx',
      title: 'Connectivity > Trunks > Add SIP (chan_pjsip) Trunk: pjsip Settings > General',
      text: form([
        ['Trunk Name (tab General)', peerName(facts)],
        ['Username', login],
        ['Auth username', login],
        ['Secret', placeholderOf(facts)],
        ['Authentication', 'Outbound'],
        ['Registration', 'Send'],
        ['SIP Server', server.host],
        ['SIP Server Port', server.port],
        ['Context', contextOf(facts)],
        ['Transport', TRANSPORT],
      ]),
    },
    {
      side: 'pbx',
      title: 'pjsip Settings > Advanced',
      text: form([
        ['DTMF Mode', 'RFC 4733'],
        ['Send Line in Registration', 'Yes'],
        ['Permanent Auth Rejection', 'No'],
        ['Forbidden Retry Interval', 60],
        ['General Retry Interval', 60],
        ['Expiration', EXPIRES],
        ['Max Retries', 10000],
        ['Qualify Frequency', QUALIFY],
        ['Contact User', extension],
        ['From Domain', domain.name],
        ['From User', login],
        ['Client URI', clientUri(facts)],
        ['Server URI', serverUri(facts)],
        ['Match (Permit)', server.host],
        ['Trust RPID/PAI', 'No'],
        ['Send RPID/PAI', 'Send P-Asserted-Identity header'],
        ['Direct Media', 'No'],
        ['Rewrite Contact', 'No'],
        ['RTP Symmetric', 'Yes'],
      ]),
    },
    { side: 'pbx', title: 'pjsip Settings > Codecs', text: 'alaw, ulaw\n' },
    inboundSection(facts),
    ...[...pjsipSections(facts, contextOf(facts))].map(([kind, text]): RecipeSection => {
      const file = `pjsip.${kind}.conf`;
      return { side: 'pbx', title: `${file} (FreePBX writes it)`, file, text };
    }),
  ];
}

/** An Asterisk whose pjsip.conf is edited by hand. */
export function asteriskPjsipSections(facts: RecipeFacts): RecipeSection[] {
  const context = 'from-vats';
  const { extension, did, number } = facts;
  const name = peerName(facts);
  const called =
    did === 'to'
      ? `the number is in To: \${CUT(CUT(PJSIP_HEADER(read,To),@,1),:,2)}`
      : did === 'contact'
        ? 'every call comes so'
        : `a number that leads here comes as ${number ?? '+7...'}`;
  return [
    {
      side: 'pbx',
      title: 'pjsip.conf',
      file: 'pjsip.conf',
      text: [
        `; It has a transport already, or needs one: [${TRANSPORT}] type=transport protocol=udp bind=0.0.0.0`,
        ...pjsipSections(facts, context).values(),
      ].join('\n'),
    },
    {
      side: 'pbx',
      title: 'extensions.conf',
      text: [
        `[${context}]`,
        `; ${called}`,
        `exten => ${extension},1,Dial(PJSIP/100)`,
        ...(did === 'request-uri' ? [`exten => ${number ?? '_+7X.'},1,Dial(PJSIP/100)`] : []),
        `; and out: exten => _X.,1,Dial(PJSIP/\${EXTEN}@${name})`,
        '',
      ].join('\n'),
    },
  ];
}

const contextOf = ({ did }: RecipeFacts): string => (did === 'to' ? 'from-pstn-toheader' : 'from-pstn');
const clientUri = ({ login, domain }: RecipeFacts): string => `sip:${login}@${domain.name}`;
const serverUri = ({ server }: RecipeFacts): string => `sip:${server.host}:${server.port}`;

/** The five objects by their kind, each with its heading. */
function pjsipSections(facts: RecipeFacts, context: string): Map<string, string> {
  const { domain, login, extension, server } = facts;
  const name = peerName(facts);
  const objects: Record<string, readonly string[]> = {
    auth: ['auth_type=userpass', `username=${login}`, `password=${placeholderOf(facts)}`],
    aor: [`contact=${serverUri(facts)}`, `qualify_frequency=${QUALIFY}`],
    registration: [
      `transport=${TRANSPORT}`,
      `outbound_auth=${name}`,
      `server_uri=${serverUri(facts)}`,
      `client_uri=${clientUri(facts)}`,
      `contact_user=${extension}`,
      `expiration=${EXPIRES}`,
      'retry_interval=60',
      'forbidden_retry_interval=60',
      'fatal_retry_interval=60',
      'max_retries=10000',
      // Else one refusal, as after a password's change, would be the end until somebody reloads it.
      'auth_rejection_permanent=no',
      'line=yes',
      `endpoint=${name}`,
    ],
    endpoint: [
      `transport=${TRANSPORT}`,
      `context=${context}`,
      'disallow=all',
      'allow=alaw,ulaw',
      `outbound_auth=${name}`,
      `aors=${name}`,
      `from_user=${login}`,
      `from_domain=${domain.name}`,
      'send_pai=yes',
      'dtmf_mode=rfc4733',
      'direct_media=no',
      'rtp_symmetric=yes',
      'force_rport=yes',
      'rewrite_contact=no',
    ],
    identify: [`endpoint=${name}`, `match=${server.host}`],
  };
  return new Map(
    Object.entries(objects).map(([kind, lines]) => [kind, `[${name}]\ntype=${kind}\n${lines.join('\n')}\n`]),
  );
}
