import { writeFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { Baresip } from './baresip.ts';
import { Capture } from './capture.ts';
import { run } from './child.ts';
import { eventually } from './deadline.ts';
import { fetcher, lampWatcher, publisher, reader, refused, writer } from './event-scenarios.ts';
import { Linphone } from './linphone.ts';
import { type Account, ANNA, BORIS, pbxFile } from './office.ts';
import { freePorts } from './ports.ts';
import { scenario } from './scenario.ts';
import type { Scene } from './scene.ts';
import { Sipp, type SippOptions, type SippResult, sippRegister } from './sipp.ts';
import { Switch } from './switch.ts';

const CAROL: Account = { extension: '203', name: 'Carol', login: 'carol', password: 'Mn4bVc6X' };
const GROUPS = [{ extension: '600', name: 'Sales', members: ['201', '202', '203'] }];
const NEEDS = ['sipp', 'tshark', 'dumpcap', 'root'];

async function office(scene: Scene) {
  const vats = await Switch.start(scene, {
    pbx: pbxFile({ accounts: [ANNA, BORIS, CAROL], more: { groups: GROUPS } }),
  });
  const wire = await Capture.start(scene, { filter: `host ${vats.sip.address}`, sipPorts: [vats.sip.port] });
  /** Starts SIPp with a scenario of Carol's, which it plays once. */
  const carol = async (edited: string, more: Partial<SippOptions> = {}): Promise<Sipp> =>
    Sipp.start(scene, {
      scenario: { own: 'uac', edited },
      target: vats.sip,
      local: { address: '127.0.0.1', port: await freePorts(2) },
      users: [CAROL],
      calls: 1,
      patience: 40,
      ...more,
    });
  const plays = async (edited: string, more: Partial<SippOptions> = {}): Promise<SippResult> => {
    const sipp = await carol(edited, more);
    return good(await sipp.finished(40_000));
  };
  return { vats, wire, carol, plays };
}

function good(result: SippResult): SippResult {
  if (result.successful !== 1 || result.failed > 0) throw new Error(JSON.stringify(result, undefined, 1));
  return result;
}

describe.concurrent.each(['udp', 'tcp'] as const)('SIPp subscribes over %s', (transport) => {
  scenario(
    `RFC 4235 §3.7: a lamp while a call of two baresip rings, is answered and ends; refresh, end (${transport})`,
    { needs: [...NEEDS, 'baresip', 'sox'] },
    async (scene) => {
      const { vats, wire, carol } = await office(scene);
      const [anna, boris] = await Promise.all([
        Baresip.start(scene, { ...ANNA, switch: vats.sip, tone: 420 }),
        Baresip.start(scene, { ...BORIS, switch: vats.sip, tone: 600 }),
      ]);
      await Promise.all([anna.registered(), boris.registered()]);
      const watcher = await carol(lampWatcher(BORIS.extension), { transport });
      const subscribed = async (): Promise<boolean> =>
        JSON.parse(await vats.command('subscriptions', '--json')).subscriptions.length === 1;
      await eventually('subscription', subscribed, { milliseconds: 10_000, every: 100 });
      expect(await vats.command('subscriptions')).toMatch(/carol +office.example +202 +dialog/);
      await anna.dial(BORIS.extension);
      await boris.event('CALL_INCOMING');
      await anna.event('CALL_RINGING');
      await new Promise((resolve) => setTimeout(resolve, 300));
      await boris.answer();
      await Promise.all([anna.event('CALL_ESTABLISHED'), boris.event('CALL_ESTABLISHED')]);
      await new Promise((resolve) => setTimeout(resolve, 300));
      await boris.hangUp();
      good(await watcher.finished(30_000));
      expect(watcher.said().filter((line) => line.startsWith('state: '))).toHaveLength(6);
      await Promise.all([anna.stop(), boris.stop()]);
      await vats.idle();
      await wire.stop();
    },
  );
});

scenario('SIPp fetches, is refused, publishes', { needs: NEEDS }, async (scene) => {
  const { vats, wire, plays } = await office(scene);
  await plays(fetcher('203', 'message-summary', 'Messages-Waiting: no'));
  await plays(fetcher('203', 'reg', 'state=.init.'));
  await plays(fetcher('202', 'presence', 'basic.closed'));
  await plays(fetcher('202', 'dialog;id=7', '.state.terminated'));
  const subscribe = (to: string, ...headers: string[]) => ({ method: 'SUBSCRIBE', to, headers });
  await plays(
    refused(subscribe('202', 'Event: weather'), 489, {
      name: 'Allow-Events',
      pattern: 'dialog, message-summary, presence, reg',
    }),
  );
  await plays(refused(subscribe('202', 'Event: dialog', 'Expires: 5'), 423, { name: 'Min-Expires', pattern: '60' }));
  await plays(
    refused(subscribe('202', 'Event: dialog', 'Accept: text/plain'), 406, {
      name: 'Accept',
      pattern: 'application/dialog-info.xml',
    }),
  );
  await plays(publisher('203'));
  await vats.idle();
  await wire.stop();
});

scenario('SIPp and sipsak write to a registered SIPp', { needs: [...NEEDS, 'sipsak'] }, async (scene) => {
  const { vats, wire, plays } = await office(scene);
  const local = { address: '127.0.0.1', port: await freePorts(2) };
  await sippRegister(scene, { target: vats.sip, local, users: [BORIS] });
  const boris = await Sipp.start(scene, {
    scenario: { own: 'uas', edited: reader() },
    target: vats.sip,
    local,
  });
  await plays(writer('202', 'привет'));
  await plays(writer('201', 'nobody is there', 480));
  await plays(writer('299', 'nobody', 404));
  // sipsak 0.9.8.1 dies of its own message mode (-M), so it is given the whole request.
  const file = scene.path('message.sip');
  const uri = `sip:202@${vats.sip.address}:${vats.sip.port}`;
  const head = [
    `MESSAGE ${uri} SIP/2.0`,
    `From: <sip:carol@${vats.sip.address}>;tag=sipsak`,
    `To: <sip:202@${vats.sip.address}>`,
    ...['Call-ID: sipsak-message', 'CSeq: 1 MESSAGE', 'Max-Forwards: 70'],
    ...['Content-Type: text/plain', 'Content-Length: 9'],
  ];
  writeFileSync(file, `${head.join('\r\n')}\r\n\r\nby sipsak`);
  const said = ['-f', file, '-u', CAROL.login, '-a', CAROL.password, '-s', uri, '-vv'];
  const { stdout } = await run('sipsak', said, { milliseconds: 20_000 });
  expect(stdout).toMatch(/^SIP\/2\.0 200 OK/m);
  await eventually('messages', async () => boris.said().length >= 4, { milliseconds: 5_000, every: 100 });
  // SIPp ends the body of its own by a line's end.
  const texts = boris.said().filter((line) => line.startsWith('text: '));
  expect(texts.map((line) => line.trim())).toEqual(['text: привет', 'text: by sipsak']);
  expect(boris.said()[0]).toMatch(/^from: .*Carol.* <sip:203@/);
  await boris.stop();
  await vats.idle();
  await wire.stop();
});

scenario(
  'linphone publishes its presence and watches a colleague',
  { needs: [...NEEDS, 'linphonec', 'sox'] },
  async (scene) => {
    const { vats, wire } = await office(scene);
    const [anna, boris] = await Promise.all(
      [ANNA, BORIS].map((account, i) =>
        Linphone.start(scene, {
          ...account,
          switch: vats.sip,
          tone: 420 + 100 * i,
          codecs: ['PCMA/8000'],
          watches: [i === 0 ? BORIS.extension : ANNA.extension],
        }),
      ),
    );
    await Promise.all([anna?.registered(), boris?.registered()]);
    const rows = await eventually(
      'subscriptions',
      async () => {
        const { subscriptions } = JSON.parse(await vats.command('subscriptions', '--json'));
        const found = subscriptions.map(
          (row: { login: string; package: string; watched: string }) => `${row.login} ${row.package} ${row.watched}`,
        );
        const wanted = ['anna presence 202', 'boris presence 201'];
        if (!wanted.every((each) => found.includes(each))) throw new Error(found.join(', '));
        return found;
      },
      { milliseconds: 20_000, every: 250 },
    );
    expect(rows).toContain('anna presence 202');
    const { ledger } = await vats.status();
    expect(ledger.publications).toBe(2);
    await Promise.all([anna?.stop(), boris?.stop()]);
    const { watching } = (await vats.status()) as unknown as {
      watching: { subscriptions: { ended: Record<string, number> } };
    };
    expect(watching.subscriptions.ended['notify-refused'] ?? 0).toBe(0);
    await wire.stop();
  },
);
