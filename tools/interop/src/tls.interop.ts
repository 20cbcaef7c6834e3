import { copyFileSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { connect } from 'node:tls';
import { expect } from 'vitest';
import { Baresip } from './baresip.ts';
import { callBothWays, expectHeardBothWays } from './both-ways.ts';
import { Authority } from './certificates.ts';
import { eventually } from './deadline.ts';
import { expectTone } from './judge.ts';
import { Linphone } from './linphone.ts';
import { ANNA, BORIS, pbxFile } from './office.ts';
import { ownAddress } from './own-address.ts';
import { scenario } from './scenario.ts';
import type { Scene } from './scene.ts';
import { Switch } from './switch.ts';

const NEEDS = ['linphonec', 'baresip', 'sox', 'openssl'];
/** Networks of switches are numbered; those of this file from here on. */
let switches = 230;

/** baresip looks for an address among the addresses, linphone among the DNS names. */
const namesOf = (address: string): string[] => [`IP:${address}`, `DNS:${address}`, 'DNS:office.example'];

/** A switch with a certificate for its own address, and the authority that made it. */
async function office(scene: Scene, more: Readonly<Record<string, unknown>> = {}) {
  const authority = new Authority(scene, 'Office');
  const address = ownAddress(switches++);
  const own = authority.make('switch', namesOf(address));
  const vats = await Switch.start(scene, { address, pbx: pbxFile({ recording: 'all' }), tls: { ...own, ...more } });
  return { authority, own, vats };
}

scenario(
  'linphone and baresip register over TLS, both believing nobody but the own authority, and hear each other',
  { needs: NEEDS, seconds: 90 },
  async (scene) => {
    const { authority, vats } = await office(scene);
    const anna = await Linphone.start(scene, {
      ...{ ...ANNA, switch: vats.secure.tls, transport: 'tls', tone: 420 },
      authorities: authority.file,
      codecs: ['PCMA/8000'],
    });
    const boris = await Baresip.start(scene, {
      ...{ ...BORIS, switch: vats.secure.tls, transport: 'tls', tone: 600 },
      tls: { authorities: authority.file },
    });
    await Promise.all([anna.registered(), boris.registered()]);
    expect((await vats.registrations()).map(({ transport }) => transport)).toEqual(['tls', 'tls']);
    await callBothWays(vats, anna, boris);
    await anna.stop();
    await expectHeardBothWays(vats, anna, boris);
  },
);

scenario(
  'a renewed certificate is shown from the reload on, a bad one never, and whoever is registered stays so',
  { needs: NEEDS, seconds: 60 },
  async (scene) => {
    const { authority, own, vats } = await office(scene);
    const { address, port } = vats.secure.tls;
    const boris = await Baresip.start(scene, {
      ...{ ...BORIS, switch: vats.secure.tls, transport: 'tls', tone: 600 },
      tls: { authorities: authority.file },
    });
    await boris.registered();
    const [before] = await vats.registrations();
    const serial = () => serialShown(address, port, authority.file);
    const first = await serial();

    const renewed = authority.make('renewed', namesOf(address), 5);
    copyFileSync(renewed.certificate, own.certificate);
    // Its key is still the old one: this pair fits nobody.
    await expect(vats.command('reload')).rejects.toThrow(/is not the key of/);
    expect(await serial()).toBe(first);
    copyFileSync(renewed.key, own.key);
    await vats.command('reload');
    expect(await serial()).not.toBe(first);
    expect(await vats.command('status')).toMatch(/WARNING +the certificate .* expires in [45] days/);

    const [after] = await vats.registrations();
    expect(after).toMatchObject({ source: before?.source, reachable: true });
    await boris.command('reginfo');
    await boris.stop();
    expect(await vats.registrations()).toEqual([]);
  },
);

scenario(
  'where clients must show a certificate, baresip without one is turned away, and with one registers',
  { needs: NEEDS, seconds: 60 },
  async (scene) => {
    const phones = new Authority(scene, 'Phones');
    const { authority, vats } = await office(scene, { clients: { authorities: phones.file } });
    const options = { switch: vats.secure.tls, transport: 'tls' } as const;
    await Baresip.start(scene, { ...ANNA, ...options, tone: 420, tls: { authorities: authority.file } });
    await eventually('handshake that failed', () => vats.logged('transport.handshake-failed').length > 0);
    const certificate = phones.makeOne('boris', ['DNS:boris.phones.example']);
    const boris = await Baresip.start(scene, {
      ...{ ...BORIS, ...options, tone: 600 },
      tls: { authorities: authority.file, certificate },
    });
    await boris.registered();
    expect((await vats.registrations()).map(({ login }) => login)).toEqual(['boris']);
    expect(vats.logged('transport.handshake-failed')[0]).toMatchObject({
      detail: 'no certificate was shown, and one is required',
    });
    expect((await vats.status()).sip.handshakesFailed).toBeGreaterThan(0);
  },
);

scenario(
  'a trunk registers over TLS at an operator whom it believes, calls by it, and says why where it does not believe',
  { needs: NEEDS, seconds: 90 },
  async (scene) => {
    const operatorAddress = ownAddress(switches++);
    const authority = new Authority(scene, 'Operator');
    const own = authority.make('operator', [`IP:${operatorAddress}`, 'DNS:sip.operator.example']);
    const account = { ...BORIS, login: 'office' };
    const operator = await Switch.start(scene, {
      address: operatorAddress,
      pbx: pbxFile({ domain: 'operator.example', accounts: [ANNA, account] }),
      tls: { ...own },
    });
    const { tls } = operator.secure;
    const trunk = (name: string, more: Readonly<Record<string, unknown>>) => ({
      ...{ name, proxy: `sip:${tls.address}:${tls.port}`, domain: 'operator.example', transport: 'tls' },
      register: { login: account.login, password: account.password, expires: '180s' },
      allow: [tls.address],
      tls: more,
    });
    const office = await Switch.start(scene, {
      pbx: pbxFile({
        accounts: [BORIS],
        more: {
          trunks: [
            trunk('itsp', { authorities: authority.file }),
            trunk('other', { authorities: authority.file, name: 'sip.other.example' }),
            trunk('strange', {}),
          ],
          outbound: [{ match: '2xx', trunk: 'itsp' }],
        },
      }),
    });
    await office.trunkIs('itsp', 'registered');
    const why = async (name: string) => (await office.trunkIs(name, 'unreachable')).answer?.reason;
    expect(await why('other')).toMatch(/^untrusted \(the certificate is not for sip\.other\.example: it has /);
    expect(await why('strange')).toMatch(/^untrusted \(the certificate is of an authority that is not believed/);
    const rows = await operator.registrations();
    expect(rows.map(({ login, transport }) => [login, transport])).toEqual([['office', 'tls']]);
    expect(rows[0]?.contact).toContain(';transport=tls');

    // The operator's Anna is on TLS, the office's Boris on TCP: each hop is what its own two ends speak.
    const anna = await Baresip.start(scene, {
      ...{ ...ANNA, switch: tls, transport: 'tls', tone: 420 },
      tls: { authorities: authority.file },
    });
    const boris = await Baresip.start(scene, { ...BORIS, switch: office.sip, transport: 'tcp', tone: 600 });
    await Promise.all([anna.registered(), boris.registered()]);
    await boris.dial('201');
    await anna.event('CALL_INCOMING');
    await anna.answer();
    await Promise.all([anna.event('CALL_ESTABLISHED'), boris.event('CALL_ESTABLISHED')]);
    await wait(2_500);
    await boris.hangUp();
    await anna.event('CALL_CLOSED');
    await expectTone(anna.heard()[0] as string, boris.tone, { from: 0.5, length: 1.5 });
    await expectTone(boris.heard()[0] as string, anna.tone, { from: 0.5, length: 1.5 });
  },
);

/** The serial number of the certificate that a server shows to a client that believes only this authority. */
function serialShown(host: string, port: number, authorities: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, ca: readFileSync(authorities) }, () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
    socket.once('error', reject);
  });
}
