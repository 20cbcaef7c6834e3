import { copyFileSync, readFileSync } from 'node:fs';
import { connect } from 'node:tls';
import { expect } from 'vitest';
import { Baresip } from './baresip.ts';
import { callBothWays, expectHeardBothWays } from './both-ways.ts';
import { Authority } from './certificates.ts';
import { eventually } from './deadline.ts';
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
