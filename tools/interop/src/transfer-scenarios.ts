import { readFileSync } from 'node:fs';
import type { Endpoint } from '@vats/kernel';

const CALLER = readFileSync(new URL('../scenarios/caller.xml', import.meta.url), 'utf8');

const WITHIN = `Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch];rport
[routes]
From: "Load" <sip:[field0]@[remote_ip]:[remote_port]>;tag=[pid]c[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]
Call-ID: [call_id]
Max-Forwards: 70`;

const OK = `  <send>
    <![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

    ]]>
  </send>`;

/** The call until it is answered, by the scenario `caller`. */
const ANSWERED = CALLER.slice(0, CALLER.indexOf('  <pause/>'));

/** Answers NOTIFYs, and says what each told, until the switch hangs up. */
const TOLD_UNTIL_BYE = `  <label id="told"/>
  <recv request="NOTIFY" optional="true" next="notify">
    <action>
      <ereg regexp="SIP/2.0 ([0-9]+)" search_in="body" assign_to="line,status"/>
      <log message="notify [$status]"/>
    </action>
  </recv>
  <recv request="BYE" next="bye"/>
  <label id="notify"/>
${OK.replace('<send>', '<send next="told">')}
  <label id="bye"/>
${OK}
  <timewait milliseconds="1000"/>
  <Reference variables="line"/>
</scenario>
`;

/** Calls, sends whom it has called on to a number, and stays until it is let go. */
export function referring(to: string, at: Endpoint): string {
  return `${ANSWERED}  <pause/>
  <send retrans="500">
    <![CDATA[
REFER [next_url] SIP/2.0
${WITHIN}
CSeq: 3 REFER
Contact: <sip:[field0]@[local_ip]:[local_port];transport=[transport]>
Refer-To: <sip:${to}@${at.address}:${at.port}>
Content-Length: 0

    ]]>
  </send>
  <recv response="202"/>
${TOLD_UNTIL_BYE}`;
}

/** Calls, says the name of its dialog, and stays until it is let go. */
export function waiting(): string {
  return `${ANSWERED.replace(
    '<recv response="200" rtd="2" rrs="true"/>',
    `<recv response="200" rtd="2" rrs="true">
    <action>
      <ereg regexp="tag=([^;[:space:]]+)" search_in="hdr" header="To:" assign_to="all,theirs"/>
      <log message="dialog [call_id];to-tag=[$theirs];from-tag=[pid]c[call_number]"/>
    </action>
  </recv>`,
  )}${TOLD_UNTIL_BYE.replace('variables="line"', 'variables="line,all"')}`;
}

/** Calls in the place of a dialog, stays a while, and hangs up. @param replaces value of Replaces */
export function replacing(replaces: string): string {
  return CALLER.replaceAll(
    'Max-Forwards: 70\nAllow:',
    `Replaces: ${replaces}\nRequire: replaces\nMax-Forwards: 70\nAllow:`,
  ).replace('Max-Forwards: 70\n[field1]\n', `Replaces: ${replaces}\nRequire: replaces\nMax-Forwards: 70\n[field1]\n`);
}
