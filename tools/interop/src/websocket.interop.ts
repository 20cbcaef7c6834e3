import { expect } from 'vitest';
import { callFails, phonePage, register, unregister } from './browser.ts';
import { Authority } from './certificates.ts';
import { eventually } from './deadline.ts';
import { ANNA, BORIS, DOMAIN, pbxFile } from './office.ts';
import { ownAddress } from './own-address.ts';
import { scenario } from './scenario.ts';
import { Switch } from './switch.ts';

const NEEDS = ['chromium', 'openssl'];

scenario(
  'JsSIP in Chromium registers over WSS and over WS, answers our OPTIONS, and hears why its DTLS call is refused',
  { needs: NEEDS, seconds: 120 },
  async (scene) => {
    const { page, origin } = await phonePage(scene);
    const address = ownAddress(240);
    const own = new Authority(scene, 'Office').make('switch', [`IP:${address}`]);
    const vats = await Switch.start(scene, { address, pbx: pbxFile({}), tls: { ...own }, origins: [origin] });
    const { ws, wss } = vats.secure;
    const account = (url: string, { login, password }: typeof ANNA) => ({ url, login, password, domain: DOMAIN });

    expect(await register(page, account(`wss://${wss.address}:${wss.port}`, ANNA))).toBe('registered');
    expect(await register(page, account(`ws://${ws.address}:${ws.port}`, BORIS))).toBe('registered');
    const rows = await vats.registrations();
    expect(rows.map(({ login, transport }) => [login, transport])).toEqual([
      ['anna', 'wss'],
      ['boris', 'ws'],
    ]);
    for (const { contact, reachable } of rows) {
      expect(contact).toMatch(/\.invalid;transport=ws/);
      expect(reachable).toBe(true);
    }

    // The host of its Contact is no address, so it is asked whether it is there, within half a minute.
    await eventually(
      'answers to our OPTIONS',
      async () => (await vats.registrations()).every(({ roundTrip }) => roundTrip !== undefined),
      { milliseconds: 40_000, every: 250 },
    );
    expect(await callFails(page, 'anna', `sip:202@${DOMAIN}`)).toMatch(/^488 .*DTLS-SRTP is not served/);

    await unregister(page, 'boris');
    expect((await vats.registrations()).map(({ login }) => login)).toEqual(['anna']);
    await page.close();
    await eventually(
      'registration without its connection',
      async () => (await vats.registrations())[0]?.reachable === false,
    );
  },
);

scenario('a page of a web site that is not named opens no WebSocket', { needs: NEEDS, seconds: 60 }, async (scene) => {
  const { page } = await phonePage(scene);
  const address = ownAddress(241);
  const own = new Authority(scene, 'Office').make('switch', [`IP:${address}`]);
  const origins = ['https://phone.example.com'];
  const vats = await Switch.start(scene, { address, pbx: pbxFile({}), tls: { ...own }, origins });
  const { ws } = vats.secure;
  expect(await register(page, { ...ANNA, url: `ws://${ws.address}:${ws.port}`, domain: DOMAIN })).toBe('disconnected');
  // The page hears of it before the connection is gone.
  const gone = () => vats.logged('transport.connection-gone');
  await eventually('word of a connection that is gone', async () => gone().length > 0);
  expect(gone()[0]?.detail).toMatch(/^the origin http:\/\/127\.0\.0\.1:\d+ is not let in$/);
  expect(await vats.registrations()).toEqual([]);
});
