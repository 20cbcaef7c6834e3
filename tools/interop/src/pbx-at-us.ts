import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { Asterisk } from './asterisk.ts';
import { Baresip } from './baresip.ts';
import { Capture } from './capture.ts';
import { eventually } from './deadline.ts';
import type { HomeNetwork } from './netns.ts';
import { ownAddress } from './own-address.ts';
import { ANNA, PBX, pbxFileFor } from './pbx-at-us-file.ts';
import type { Scene } from './scene.ts';
import { Switch } from './switch.ts';
import { TONE } from './two-phones.ts';

/** As `vats trunk recipe --for` names them. */
export type Recipe = 'freepbx-chan_sip' | 'freepbx-pjsip' | 'asterisk-pjsip';

export const PBX_NEEDS = ['asterisk', 'baresip', 'sox', 'tshark', 'dumpcap', 'sipp', 'root'];

/** A customer's PBX that is set up by our own recipe, the switch that it registers at, a phone there, and a witness. */
export class PbxAtUs {
  readonly vats: Switch;
  readonly wire: Capture;
  readonly asterisk: Asterisk;
  readonly #recipe: Recipe;
  readonly #scene: Scene;
  readonly #behind: HomeNetwork | undefined;

  /** @param behind the PBX is at home there, and its own OPTIONS are as far apart as the recipe says */
  static async start(scene: Scene, recipe: Recipe, pbx = pbxFileFor(), behind?: HomeNetwork): Promise<PbxAtUs> {
    const vats = await Switch.start(scene, {
      pbx,
      ...(behind !== undefined && { address: behind.switchAddress, place: behind.public }),
    });
    const wire = await Capture.start(scene, {
      // ICMP quotes half of what could not be delivered while the switch was away.
      filter: `host ${vats.sip.address} and not icmp`,
      sipPorts: [vats.sip.port],
      ...(behind !== undefined && { interface: 'vio-pub', place: behind.public }),
    });
    const written = await filesOf(vats, recipe, PBX.password);
    const files = behind === undefined ? sooner(written) : written;
    const asterisk = await Asterisk.start(scene, {
      ...(behind === undefined
        ? { address: ownAddress(48) }
        : { address: behind.homePhoneAddress, place: behind.home }),
      driver: recipe === 'freepbx-chan_sip' ? 'chan_sip' : 'chan_pjsip',
      files: (sip) => ({ ...around(recipe, `${sip.address}:${sip.port}`), ...files }),
    });
    const made = new PbxAtUs(scene, recipe, vats, wire, asterisk, behind);
    // The dialplan records into a folder that is known now.
    asterisk.configure({ extensions: dialplan(recipe, join(asterisk.folder, 'sound')) });
    await asterisk.rx('dialplan reload');
    return made;
  }

  private constructor(
    scene: Scene,
    recipe: Recipe,
    vats: Switch,
    wire: Capture,
    asterisk: Asterisk,
    behind: HomeNetwork | undefined,
  ) {
    this.#behind = behind;
    this.#scene = scene;
    this.#recipe = recipe;
    this.vats = vats;
    this.wire = wire;
    this.asterisk = asterisk;
  }

  /** The console's own word that the trunk is registered, and that the switch answers its OPTIONS. */
  async registered(milliseconds = 20_000): Promise<void> {
    const sip = this.#recipe === 'freepbx-chan_sip';
    // chan_pjsip lets up to ten seconds go by, at random, before it registers by itself.
    if (!sip) await this.asterisk.rx('pjsip send register *all');
    const [registry, peers] = sip
      ? (['sip show registry', 'sip show peers'] as const)
      : (['pjsip show registrations', 'pjsip show contacts'] as const);
    await this.asterisk.shows(registry, /\bRegistered\b/, milliseconds);
    // chan_pjsip may let the recipe's minute go by before it asks by OPTIONS.
    if (this.#behind !== undefined) return;
    await this.asterisk.shows(
      peers,
      sip ? /vats-user11.*\bOK \(\d+ ms\)/ : /vats-user11\/sip:.*\bAvail\b/,
      milliseconds,
    );
  }

  /** The console's word that its REGISTER was answered with another challenge, and that it is not registered. */
  async refused(): Promise<void> {
    if (this.#recipe === 'freepbx-chan_sip') {
      await this.asterisk.says(/Failed to authenticate on REGISTER/, 10_000);
      expect(await this.asterisk.rx('sip show registry')).not.toMatch(/\bRegistered\b/);
      return;
    }
    await this.asterisk.shows('pjsip show registrations', /\bRejected\b/);
  }

  /** The recipe's files again, as somebody writes them who was told a new password; and a reload. */
  async told(password: string): Promise<void> {
    this.asterisk.configure(sooner(await filesOf(this.vats, this.#recipe, password)));
    await this.asterisk.rx(this.#recipe === 'freepbx-chan_sip' ? 'sip reload' : 'module reload res_pjsip.so');
    if (this.#recipe !== 'freepbx-chan_sip') {
      await this.asterisk.rx('module reload res_pjsip_outbound_registration.so');
    }
  }

  /** Waits until so many calls are up in the switch. */
  async inCalls(count: number): Promise<void> {
    const counted = async () => (await this.vats.glance()).calls === count;
    await eventually(`${count} calls`, counted, { milliseconds: 10_000 });
  }

  /** What somebody applies who changes the PBX file here. */
  async applied(pbx: string): Promise<void> {
    const file = this.#scene.path('changed-pbx.yaml');
    writeFileSync(file, pbx);
    await this.vats.command('apply', file);
  }

  async phone(account = ANNA, tone = TONE.anna): Promise<Baresip> {
    const behind = this.#behind;
    const phone = await Baresip.start(this.#scene, {
      ...account,
      switch: this.vats.sip,
      tone,
      ...(behind !== undefined && { place: behind.public, address: behind.publicPhoneAddress }),
    });
    await phone.registered();
    return phone;
  }

  /** An extension of the PBX calls `number` by the trunk, showing `callerId`; it plays and listens when it is answered. */
  async calls(number: string, callerId: string): Promise<void> {
    await this.asterisk.rx(`dialplan set global CID ${callerId}`);
    await this.asterisk.rx(`channel originate Local/${number}@from-internal extension s@talk`);
  }

  /** From now on whoever comes in hears the PBX for two seconds, and is sent on to this number of ours by Transfer() (a REFER). */
  async sendsOn(number: string): Promise<void> {
    const { address, port } = this.vats.sip;
    const target = `${number}@${address}:${port}`;
    const transfer = this.#recipe === 'freepbx-chan_sip' ? `SIP/${target}` : `PJSIP/sip:${target}`;
    await this.asterisk.rx(`dialplan set global SENDS_TO ${transfer}`);
  }

  /** What the PBX's extension heard in its first call. */
  get heard(): string {
    return join(this.asterisk.folder, 'sound', 'heard.wav');
  }

  /** `fields` of each request of one method that went to the PBX, or came from it; repetitions are one request. */
  async requests(method: string, direction: 'to' | 'from', fields: readonly string[]): Promise<string[][]> {
    const end = direction === 'to' ? 'dst' : 'src';
    const filter = `sip.Method == "${method}" && ip.${end} == ${this.asterisk.sip.address}`;
    const rows = await this.wire.rows(filter, ['sip.Call-ID', 'sip.CSeq', ...fields]);
    const once = new Map(rows.map(([call, sequence, ...values]) => [`${call} ${sequence}`, values]));
    return [...once.values()].map((values) => values.map((value) => value.replaceAll('"', '')));
  }
}

/** The files of the recipe, with the password in its place. */
async function filesOf(vats: Switch, recipe: Recipe, password: string): Promise<Record<string, string>> {
  const said = await vats.command('trunk', 'recipe', PBX.login, '--for', recipe, '--json');
  const { sections, placeholder } = JSON.parse(said) as {
    sections: { file?: string; text: string }[];
    placeholder: string;
  };
  return Object.fromEntries(
    sections.flatMap(({ file, text }) => {
      // An Asterisk edited by hand has one file; here a transport of ours stands before it.
      const name = file === 'pjsip.conf' ? 'pjsip.recipe' : file?.replace(/\.conf$/, '');
      return name === undefined ? [] : [[name, text.replaceAll(placeholder, password)]];
    }),
  );
}

/** The recipe has a minute between two OPTIONS, of which chan_pjsip waits a random part before the first. */
function sooner(files: Record<string, string>): Record<string, string> {
  const texts = Object.entries(files);
  return Object.fromEntries(
    texts.map(([name, text]) => [name, text.replace(/^(qualify_?freq(?:uency)?)=60$/m, '$1=2')]),
  );
}

/** What is there before any trunk: FreePBX's own general settings, with an address of ours. */
function around(recipe: Recipe, at: string): Record<string, string> {
  if (recipe === 'freepbx-chan_sip') {
    return {
      sip: `[general]
context=from-sip-external
udpbindaddr=${at}
tcpenable=no
srvlookup=no
allowguest=yes
useragent=FPBX-13.0.197(16.28.0)
alwaysauthreject=yes
nat=force_rport,comedia
registertimeout=20
registerattempts=0
disallow=all
allow=ulaw
allow=alaw
#include sip_registrations.conf
#include sip_additional.conf
`,
    };
  }
  const included = recipe === 'asterisk-pjsip' ? ['recipe'] : ['auth', 'aor', 'registration', 'endpoint', 'identify'];
  return {
    pjsip: `[global]
type=global
user_agent=FPBX-16(16.28.0)
[0.0.0.0-udp]
type=transport
protocol=udp
bind=${at}
${included.map((name) => `#include pjsip.${name}.conf`).join('\n')}
`,
  };
}

/** The PBX's dialplan: whoever comes in by the trunk talks with an extension; an extension may dial out by it. */
function dialplan(recipe: Recipe, sound: string): string {
  const inbound = ['from-trunk', 'from-pstn', 'from-vats'].map(
    (context) => `[${context}]
exten => _[+0-9].,1,Log(NOTICE,came in as \${EXTEN} from \${CALLERID(num)} by \${EXTEN})
 same => n,GotoIf($["\${SENDS_TO}" = ""]?talk,s,1:sends,s,1)`,
  );
  const to = recipe === 'freepbx-chan_sip' ? 'SIP_HEADER(To)' : 'PJSIP_HEADER(read,To)';
  const trunk = recipe === 'freepbx-chan_sip' ? `SIP/vats-user11/\${EXTEN}` : `PJSIP/\${EXTEN}@vats-user11`;
  return `[general]
static = yes
${inbound.join('\n')}
[from-pstn-toheader]
exten => _[+0-9].,1,Set(CALLED=\${CUT(CUT(${to},@,1),:,2)})
 same => n,Log(NOTICE,came in as \${CALLED} from \${CALLERID(num)} by \${EXTEN})
 same => n,Goto(talk,s,1)
[from-internal]
exten => _[+*0-9].,1,Set(CALLERID(num)=\${CID})
 same => n,Dial(${trunk},30)
 same => n,Log(NOTICE,dialled \${DIALSTATUS} \${HANGUPCAUSE})
[sends]
exten => s,1,Answer()
 same => n,PlayTones(${PBX.tone})
 same => n,Wait(2)
 same => n,StopPlayTones()
 same => n,Transfer(\${SENDS_TO})
[talk]
exten => s,1,Answer()
 same => n,MixMonitor(${sound}/both.wav,r(${sound}/heard.wav))
 same => n,PlayTones(${PBX.tone})
 same => n,Read(KEYS,,4,,1,6)
 same => n,Log(NOTICE,keys \${KEYS})
 same => n,SendDTMF(98#)
 same => n,PlayTones(${PBX.tone})
 same => n,Wait(60)
`;
}
