import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { Asterisk } from './asterisk.ts';
import { Baresip } from './baresip.ts';
import { Capture } from './capture.ts';
import { expectTone } from './judge.ts';
import { ANNA, pbxFile } from './office.ts';
import { ownAddress } from './own-address.ts';
import { scenario } from './scenario.ts';
import { Switch } from './switch.ts';

const NUMBER = '+74951234567';
const TONE = { anna: 420, operator: 500 };
const ADDRESS = { chan_sip: ownAddress(64), chan_pjsip: ownAddress(65) };
/** baresip lets a key go at this one. */
const RELEASE = '\u0004';

/** An operator that lets everybody in, and has its keys by INFO. */
const FILES = {
  chan_sip: (at: string) => ({
    sip: `[general]
udpbindaddr=${at}
allowguest=yes
context=lines
directmedia=no
dtmfmode=info
disallow=all
allow=alaw
`,
  }),
  chan_pjsip: (at: string) => ({
    pjsip: `[here]
type=transport
protocol=udp
bind=${at}
[anonymous]
type=endpoint
context=lines
direct_media=no
dtmf_mode=info
disallow=all
allow=alaw
`,
  }),
};

const DIALPLAN = {
  extensions: `[general]
static=yes
[lines]
exten => _[+0-9].,1,Answer()
 same => n,PlayTones(${TONE.operator})
 same => n,Read(KEYS,,4,,1,8)
 same => n,Log(NOTICE,keys \${KEYS})
 same => n,PlayTones(${TONE.operator})
 same => n,Wait(1)
 same => n,SendDTMF(988#)
 same => n,Wait(60)
`,
};

// Each waits most of the time: for a phone, a timer, a tone.
describe.concurrent.each(['chan_sip', 'chan_pjsip'] as const)('an operator with dtmf: info, %s', (driver) => {
  scenario(
    `keys of a phone are INFO there, its INFO are keys of the phone, each once (${driver})`,
    { needs: ['asterisk', 'baresip', 'sox', 'tshark', 'dumpcap', 'root'], seconds: 90 },
    async (scene) => {
      const operator = await Asterisk.start(scene, {
        address: ADDRESS[driver],
        driver,
        files: (sip) => ({ ...FILES[driver](`${sip.address}:${sip.port}`), ...DIALPLAN }),
      });
      const { address, port } = operator.sip;
      const vats = await Switch.start(scene, {
        pbx: pbxFile({
          accounts: [ANNA],
          more: {
            trunks: [{ name: 'itsp', proxy: `sip:${address}:${port}`, allow: [address], dtmf: 'info' }],
            numbers: [{ number: NUMBER, trunk: 'itsp', to: ANNA.extension }],
            outbound: [{ match: '+7*', trunk: 'itsp', callerId: NUMBER }],
          },
        }),
      });
      const wire = await Capture.start(scene, { filter: `host ${vats.sip.address}`, sipPorts: [vats.sip.port, port] });
      const anna = await Baresip.start(scene, { ...ANNA, switch: vats.sip, tone: TONE.anna });
      await anna.registered();
      await anna.dial('89161112233');
      await anna.event('CALL_ESTABLISHED');
      await wait(1_000);
      for (const key of '159#') {
        await anna.press(key);
        await wait(200);
        await anna.press(RELEASE);
        await wait(150);
      }
      await operator.says(/keys 159$/, 8_000);
      await wait(3_500);
      await anna.hangUp();
      await anna.event('CALL_CLOSED');
      await vats.idle();
      await expectTone(anna.heard()[0] as string, TONE.operator, { from: 0.3, length: 0.6 });
      await anna.stop();
      await operator.stop();
      await wire.stop();

      const infos = await wire.rows(`sip.Method == "INFO" && ip.dst == ${address}`, ['sip.CSeq', 'sip.Content-Type']);
      expect(new Map(infos.map(([sequence, type]) => [sequence, type])).size).toBe(4);
      expect(await wire.rows(`rtpevent && ip.dst == ${address}`, ['rtpevent.event_id'])).toEqual([]);
      const toAnna = `rtpevent && ip.src == ${vats.sip.address} && udp.dstport >= ${anna.rtpPort} && udp.dstport < ${anna.rtpPort + 20}`;
      const events = await wire.rows(toAnna, ['rtp.timestamp', 'rtpevent.event_id']);
      const presses = new Map(events.map(([timestamp, event]) => [timestamp, event]));
      expect([...presses.values()]).toEqual(['9', '8', '8', '11']);
    },
  );
});
