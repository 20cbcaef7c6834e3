import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import { Baresip } from './baresip.ts';
import { Capture } from './capture.ts';
import { eventually } from './deadline.ts';
import { credentials, readChallenge } from './digest-client.ts';
import { expectTone } from './judge.ts';
import { Linphone } from './linphone.ts';
import { ANNA, BORIS, pbxFile } from './office.ts';
import { ownAddress } from './own-address.ts';
import { freePorts } from './ports.ts';
import { scenario } from './scenario.ts';
import { Sipp } from './sipp.ts';
import { Stranger, strangersRequest } from './stranger.ts';
import { Switch } from './switch.ts';

const DOMAIN = 'office.example';
const STRICT = { ...ANNA, digest: 'sha256' as const };

scenario(
  'an account with digest: sha256 is linphone’s; who knows MD5 only does not get in, and does on any other account',
  { needs: ['linphonec', 'baresip', 'sipp', 'sox', 'tshark', 'dumpcap', 'root'], seconds: 180 },
  async (scene) => {
    const vats = await Switch.start(scene, { pbx: pbxFile({ accounts: [STRICT, BORIS] }) });
    const wire = await Capture.start(scene, { filter: `host ${vats.sip.address}`, sipPorts: [vats.sip.port] });
    const anna = await Linphone.start(scene, {
      ...STRICT,
      switch: vats.sip,
      tone: 420,
      codecs: ['PCMA/8000', 'PCMU/8000'],
    });
    const boris = await Baresip.start(scene, { ...BORIS, switch: vats.sip, tone: 600 });
    await Promise.all([anna.registered(), boris.registered()]);

    anna.dial(`sip:${BORIS.extension}@${vats.sip.address}`);
    await boris.event('CALL_INCOMING', 10_000);
    await boris.answer();
    await Promise.all([anna.connected(10_000), boris.event('CALL_ESTABLISHED', 10_000)]);
    await wait(2_500);
    anna.hangUp();
    await boris.event('CALL_CLOSED', 10_000);
    await boris.dial(STRICT.extension);
    await anna.ringing(10_000);
    await boris.hangUp();
    await boris.event('CALL_CLOSED', 10_000);
    await vats.idle();

    // The right password, by who knows MD5 only.
    const before = await vats.status();
    const old = await Baresip.start(scene, { ...STRICT, switch: vats.sip, tone: 300, address: ownAddress(52) });
    expect(await old.notRegistered(40_000)).toContain('Function not implemented');
    const local = { address: ownAddress(53), port: await freePorts(1, ownAddress(53)) };
    const sipp = await Sipp.start(scene, { scenario: 'register', target: vats.sip, local, users: [STRICT], calls: 1 });
    expect(await sipp.finished(60_000)).toMatchObject({
      successful: 0,
      errors: expect.arrayContaining([expect.stringContaining('authentication must use MD5')]),
    });
    const stranger = await Stranger.open(scene, ownAddress(54));
    const request = { name: 'anna', domain: DOMAIN, local: stranger.local, target: vats.sip, method: 'REGISTER' };
    const uri = `sip:${vats.sip.address}:${vats.sip.port}`;
    const { text } = await stranger.ask(vats.sip, strangersRequest({ ...request, callId: 'one' }));
    const challenge = readChallenge(text);
    if (challenge === undefined) throw new Error(text);
    expect(text).toContain('algorithm=SHA-256');
    expect(text).not.toContain('MD5');
    const more = [`Authorization: ${credentials(challenge, STRICT, 'REGISTER', uri)}`];
    const refused = (await stranger.ask(vats.sip, strangersRequest({ ...request, callId: 'two', more }))).text;
    expect(refused).toMatch(/^SIP\/2\.0 401 /);
    const registered = await vats.registrations();
    expect(registered.map(({ login }) => login).sort()).toEqual(['anna', 'boris']);
    expect(registered.find(({ login }) => login === 'anna')?.source).toBe(`${anna.local.address}:${anna.local.port}`);
    expect((await vats.status()).registrations).toBe(before.registrations);

    // The length of a response tells the algorithm, whatever it is called: baresip leaves MD5's name out.
    const proofs = async (login: string, address: string) => {
      const fields = ['sip.auth.username', 'ip.src', 'sip.Method', 'sip.auth.algorithm', 'sip.auth.digest.response'];
      const rows = await wire.rows('sip.auth.digest.response', fields);
      const own = rows.filter(([name, source]) => name === `"${login}"` && source === address);
      return new Set(own.map(([, , method, algorithm, proof]) => `${method} ${algorithm} ${proof?.length}`));
    };
    await anna.stop();
    // The stranger came last; what dumpcap still holds back when it is stopped is lost.
    await eventually('stranger in the capture', async () => (await proofs('anna', stranger.local.address)).size > 0, {
      milliseconds: 20_000,
      every: 500,
    });
    await wire.stop();
    const ofAnna = await proofs('anna', anna.local.address);
    expect(ofAnna).toContain('REGISTER SHA-256 66');
    expect(ofAnna).toContain('INVITE SHA-256 66');
    expect([...ofAnna].filter((proof) => !proof.endsWith(' SHA-256 66'))).toEqual([]);
    expect(await proofs('boris', boris.local.address)).toEqual(new Set(['REGISTER  34', 'INVITE  34']));
    expect(await proofs('anna', stranger.local.address)).toEqual(new Set(['REGISTER MD5 34']));
    await expectTone(anna.heard, 600, { from: 0.5, length: 1.5 });
    await expectTone(boris.heard()[0] as string, 420, { from: 0.5, length: 1.5 });
  },
);
