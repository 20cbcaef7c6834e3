/** SIPp's part in tests of event packages and messages: each scenario as its XML. An account comes as `[field0]` and `[field1]`. */

const scenario = (name: string, steps: readonly string[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE scenario SYSTEM "sipp.dtd">\n<scenario name="${name}">\n${steps.join('\n')}\n</scenario>\n`;

interface Outgoing {
  readonly method: string;
  readonly cseq: number;
  /** User part of whom it names. */
  readonly to: string;
  /** In the dialog that the last 200 made. */
  readonly within?: boolean;
  readonly headers: readonly string[];
  readonly body?: string;
}

function send({ method, cseq, to, within = false, headers, body = '' }: Outgoing): string {
  const uri = within ? '[next_url]' : `sip:${to}@[remote_ip]:[remote_port]`;
  return `<send retrans="500"><![CDATA[
${method} ${uri} SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch];rport
From: <sip:[field0]@[remote_ip]:[remote_port]>;tag=[pid]w[call_number]
To: <sip:${to}@[remote_ip]:[remote_port]>${within ? '[peer_tag_param]' : ''}
Call-ID: [call_id]
CSeq: ${cseq} ${method}
Contact: <sip:[field0]@[local_ip]:[local_port];transport=[transport]>
Max-Forwards: 70
${headers.map((line) => `${line}\n`).join('')}Content-Length: [len]

${body}
]]></send>`;
}

/** A request outside a dialog: without credentials, and again with those that the challenge asks for. */
function asks(request: Omit<Outgoing, 'cseq' | 'within'>): string[] {
  return [
    send({ ...request, cseq: 1 }),
    '<recv response="407" auth="true"/>',
    send({ ...request, cseq: 2, headers: ['[field1]', ...request.headers] }),
  ];
}

/** A NOTIFY that must say these, in head and body; answered by 200, or not at all. */
function notified(state: string, body: string): string {
  const check = (name: string, pattern: string, where: string): string =>
    `<ereg regexp="${pattern}" ${where} check_it="true" assign_to="${name}"/><log message="${name}: [$${name}]"/>`;
  return [
    '<recv request="NOTIFY"><action>',
    check('state', state, 'search_in="hdr" header="Subscription-State:"'),
    check('body', body, 'search_in="body"'),
    '</action></recv>',
    '<send><![CDATA[\nSIP/2.0 200 OK\n[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n[last_CSeq:]\nContent-Length: 0\n\n]]></send>',
    '<Reference variables="state,body"/>',
  ].join('\n');
}

const IDLE = '.state.terminated';

/**
 * Watches somebody's lamp while a call rings, is answered and ends; then refreshes, and ends it. The NOTIFYs may gather what happens in
 * one moment, but ringing and talking last longer.
 */
export function lampWatcher(extension: string): string {
  const subscribe = { method: 'SUBSCRIBE', to: extension };
  const event = ['Event: dialog', 'Accept: application/dialog-info+xml'];
  return scenario('a lamp', [
    ...asks({ ...subscribe, headers: [...event, 'Expires: 300'] }),
    '<recv response="200" rrs="true"/>',
    notified('active', IDLE),
    notified('active', 'recipient.*early'),
    notified('active', 'recipient.*confirmed'),
    notified('active', IDLE),
    send({ ...subscribe, cseq: 3, within: true, headers: [...event, 'Expires: 300'] }),
    '<recv response="200"/>',
    notified('active;expires=(300|299)', IDLE),
    send({ ...subscribe, cseq: 4, within: true, headers: [...event, 'Expires: 0'] }),
    '<recv response="200"/>',
    notified('terminated;reason=timeout', IDLE),
  ]);
}

/** Watches a mailbox while one message of it becomes an old one; then ends it. */
export function mailboxWatcher(extension: string): string {
  const subscribe = { method: 'SUBSCRIBE', to: extension };
  const event = ['Event: message-summary', 'Accept: application/simple-message-summary'];
  return scenario('a mailbox', [
    ...asks({ ...subscribe, headers: [...event, 'Expires: 300'] }),
    '<recv response="200" rrs="true"/>',
    notified('active', 'Messages-Waiting: yes.*Voice-Message: 1/0'),
    notified('active', 'Messages-Waiting: no.*Voice-Message: 0/1'),
    send({ ...subscribe, cseq: 3, within: true, headers: [...event, 'Expires: 0'] }),
    '<recv response="200"/>',
    notified('terminated;reason=timeout', 'Messages-Waiting: no'),
  ]);
}

/** Asks for a state once (Expires: 0). */
export function fetcher(extension: string, event: string, body: string): string {
  return scenario('a fetch', [
    ...asks({ method: 'SUBSCRIBE', to: extension, headers: [`Event: ${event}`, 'Expires: 0'] }),
    '<recv response="200" rrs="true"/>',
    notified('terminated;reason=timeout', body),
  ]);
}

/** Asks for something and is refused; `header` of the refusal must match. */
export function refused(
  request: Omit<Outgoing, 'cseq' | 'within'>,
  status: number,
  header: { readonly name: string; readonly pattern: string },
): string {
  return scenario('a refusal', [
    ...asks(request),
    `<recv response="${status}"><action><ereg regexp="${header.pattern}" search_in="hdr" header="${header.name}:" check_it="true" assign_to="said"/><log message="said: [$said]"/></action></recv>`,
    '<Reference variables="said"/>',
  ]);
}

/** Writes to somebody. */
export function writer(extension: string, body: string, status = 200): string {
  return scenario('a message', [
    ...asks({ method: 'MESSAGE', to: extension, headers: ['Content-Type: text/plain;charset=UTF-8'], body }),
    `<recv response="${status}"/>`,
  ]);
}

/** Publishes its own presence, refreshes that, and takes it back. */
export function publisher(extension: string): string {
  const body = `<?xml version="1.0"?>
<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:${extension}@office.example"><tuple id="a"><status><basic>closed</basic></status></tuple><note>at lunch</note></presence>`;
  const publish = { method: 'PUBLISH', to: extension };
  const tag =
    '<recv response="200"><action><ereg regexp="[a-z0-9]+" search_in="hdr" header="SIP-ETag:" check_it="true" assign_to="tag"/></action></recv>';
  return scenario('presence', [
    ...asks({
      ...publish,
      headers: ['Event: presence', 'Expires: 120', 'Content-Type: application/pidf+xml'],
      body,
    }),
    tag,
    '<pause milliseconds="1500"/>',
    ...[120, 0].flatMap((seconds, i) => [
      send({
        ...publish,
        cseq: 3 + 2 * i,
        headers: ['Event: presence', `Expires: ${seconds}`, 'SIP-If-Match: [$tag]'],
      }),
      '<recv response="407" auth="true"/>',
      send({
        ...publish,
        cseq: 4 + 2 * i,
        headers: ['[field1]', 'Event: presence', `Expires: ${seconds}`, 'SIP-If-Match: [$tag]'],
      }),
      tag,
    ]),
  ]);
}

/** Takes messages, and logs them. */
export function reader(): string {
  return scenario('takes messages', [
    '<recv request="MESSAGE"><action>',
    '<ereg regexp=".*" search_in="hdr" header="From:" assign_to="from"/><log message="from: [$from]"/>',
    '<ereg regexp=".*" search_in="body" assign_to="text"/><log message="text: [$text]"/>',
    '</action></recv>',
    '<send><![CDATA[\nSIP/2.0 200 OK\n[last_Via:]\n[last_From:]\n[last_To:];tag=[pid]r[call_number]\n[last_Call-ID:]\n[last_CSeq:]\nContent-Length: 0\n\n]]></send>',
    '<Reference variables="from,text"/>',
  ]);
}
