import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { Baresip } from './baresip.ts';
import { Capture } from './capture.ts';
import { expectTone } from './judge.ts';
import { homeNetwork, NAT_MEMORY_SECONDS } from './netns.ts';
import { ANNA, BORIS, pbxFile } from './office.ts';
import { scenario } from './scenario.ts';
import { Switch } from './switch.ts';

const NEEDS = ['baresip', 'sox', 'tshark', 'dumpcap', 'ip', 'nft', 'socat', 'root'];

// Each in a network of its own, so that both wait at the same time.
describe.concurrent.each(['udp', 'tcp'] as const)(
  'a phone at home behind a masquerading router, over %s',
  (transport) => {
    scenario(
      `calls, is called, and is reached after the router would have forgotten it (${transport})`,
      { needs: NEEDS, seconds: 150 },
      async (scene) => {
        const net = await homeNetwork(scene);
        const vats = await Switch.start(scene, {
          pbx: pbxFile({ recording: 'all' }),
          address: net.switchAddress,
          place: net.public,
        });
        const wire = await Capture.start(scene, {
          filter: 'udp or tcp',
          interface: 'vio-pub',
          place: net.public,
          sipPorts: [vats.sip.port],
        });
        const home = await Baresip.start(scene, {
          ...ANNA,
          switch: vats.sip,
          transport,
          tone: 420,
          place: net.home,
          address: net.homePhoneAddress,
        });
        const office = await Baresip.start(scene, {
          ...BORIS,
          switch: vats.sip,
          transport,
          tone: 600,
          place: net.public,
          address: net.publicPhoneAddress,
        });
        await Promise.all([home.registered(), office.registered()]);

        await home.dial(BORIS.extension);
        await office.event('CALL_INCOMING');
        await office.answer();
        await Promise.all([home.event('CALL_ESTABLISHED'), office.event('CALL_ESTABLISHED')]);
        await wait(3_000);
        await home.hangUp();
        await office.event('CALL_CLOSED');

        // Longer than the router remembers an idle flow: only the switch's own pings keep the way open.
        await wait(1.25 * NAT_MEMORY_SECONDS * 1_000);
        await office.dial(ANNA.extension);
        await home.event('CALL_INCOMING');
        await home.answer();
        await Promise.all([home.event('CALL_ESTABLISHED'), office.event('CALL_ESTABLISHED')]);
        await wait(3_000);
        await office.hangUp();
        await home.event('CALL_CLOSED');
        await vats.idle();
        await wire.stop();

        for (const file of home.heard()) await expectTone(file, office.tone, { from: 0.7, length: 1.5 });
        for (const file of office.heard()) await expectTone(file, home.tone, { from: 0.7, length: 1.5 });
        expect([home.heard().length, office.heard().length]).toEqual([2, 2]);
        const [first, second] = await vats.recordings();
        await expectTone(first?.file as string, home.tone, { channel: 1, from: 0.7, length: 1.5 });
        await expectTone(first?.file as string, office.tone, { channel: 2, from: 0.7, length: 1.5 });
        await expectTone(second?.file as string, office.tone, { channel: 1, from: 0.7, length: 1.5 });
        await expectTone(second?.file as string, home.tone, { channel: 2, from: 0.7, length: 1.5 });

        // The phone named its private address, and nothing was ever sent there.
        const contacts = await wire.rows('sip.Method == "REGISTER"', ['sip.contact.host']);
        expect(contacts.flat()).toContain(net.homePhoneAddress);
        expect(await wire.rows(`ip.dst == ${net.homePhoneAddress}`, ['frame.number'])).toEqual([]);
      },
    );
  },
);
