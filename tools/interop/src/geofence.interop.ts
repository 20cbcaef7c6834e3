import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { Baresip } from './baresip.ts';
import { Capture } from './capture.ts';
import { counted } from './counted.ts';
import { eventually, within } from './deadline.ts';
import { credentials, readChallenge } from './digest-client.ts';
import { ANNA, BORIS, pbxFile } from './office.ts';
import { ownAddress } from './own-address.ts';
import { scenario } from './scenario.ts';
import type { Scene } from './scene.ts';
import { knockOverTcp, Stranger, strangersRequest } from './stranger.ts';
import { vats as command, Switch, type SwitchOptions } from './switch.ts';

const VERA = { extension: '203', name: 'Vera Orlova', login: 'vera', password: 'Mn4bVc6X' };
const ACCOUNTS = [ANNA, BORIS, VERA];
/** Addresses of this machine, in the countries that the settings say. */
const IN_GERMANY = '127.0.0.77';
const IN_RUSSIA = '127.0.0.78';
/** A private address without any. */
const OFFICE = ownAddress(52);
const COUNTRIES = countries('DE');

/** @param local where 127.0.0.1 is: baresip's TCP connections come from there, whatever address it is given */
function countries(local: string) {
  const overrides = { [`${IN_GERMANY}/32`]: 'DE', [`${IN_RUSSIA}/32`]: 'RU', '127.0.0.1/32': local };
  return { geo: { overrides } };
}

function office(access: unknown): string {
  return pbxFile({ accounts: ACCOUNTS, access });
}

function start(scene: Scene, access: unknown, options: Partial<SwitchOptions> = {}): Promise<Switch> {
  return Switch.start(scene, { pbx: office(access), settings: { access: COUNTRIES }, ...options });
}

/** A PBX file as an operator has it. */
function fileWith(scene: Scene, access: unknown, name = 'office.yaml'): string {
  const file = scene.path(name);
  writeFileSync(file, office(access));
  return file;
}

function options(local: { address: string; port: number }, vats: Switch, transport: 'UDP' | 'TCP' = 'UDP'): string {
  const { sip: target } = vats;
  const callId = `knock${local.port}`;
  return strangersRequest({
    method: 'OPTIONS',
    name: 'anna',
    domain: 'office.example',
    callId,
    local,
    target,
    transport,
  });
}

async function call(caller: Baresip, callee: Baresip, extension: string): Promise<void> {
  await caller.dial(extension);
  await callee.event('CALL_INCOMING', 10_000);
  await callee.answer();
  await Promise.all([caller.event('CALL_ESTABLISHED', 10_000), callee.event('CALL_ESTABLISHED', 10_000)]);
}

async function hangUp(one: Baresip, other: Baresip): Promise<void> {
  await one.hangUp();
  await Promise.all([one.event('CALL_CLOSED', 10_000), other.event('CALL_CLOSED', 10_000)]);
}

/** Waits until these accounts and no others are registered. */
async function registered(vats: Switch, ...logins: string[]): Promise<void> {
  await eventually(`registrations of ${logins}`, async () => {
    const found = (await vats.registrations()).map(({ login }) => login).sort();
    if (found.join() !== logins.join()) throw new Error(found.join());
    return true;
  });
}

describe('access: russia', () => {
  scenario(
    'a phone in Russia registers and calls, the same phone in Germany hears nothing, unless its address is allowed',
    { needs: ['baresip', 'tshark', 'dumpcap', 'root'], seconds: 180 },
    async (scene) => {
      const vats = await start(scene, 'russia');
      const wire = await Capture.start(scene, {
        filter: `src host ${vats.sip.address} and dst host ${IN_GERMANY}`,
        sipPorts: [vats.sip.port],
      });
      const boris = await Baresip.start(scene, { ...BORIS, switch: vats.sip, tone: 600, address: OFFICE });
      await boris.registered();

      // Germany, over UDP: a phone that tries again and again, and a bare question.
      const abroad = await Baresip.start(scene, { ...ANNA, switch: vats.sip, tone: 420, address: IN_GERMANY });
      await counted(vats, 'fenced', 3);
      const stranger = await Stranger.open(scene, IN_GERMANY);
      const { fenced } = (await vats.glance()).access.counters;
      stranger.send(vats.sip, options(stranger.local, vats));
      await counted(vats, 'fenced', fenced + 1);
      await abroad.kill();
      // Over TCP the connection is not even listened to.
      expect(await knockOverTcp(IN_GERMANY, vats.sip, options(stranger.local, vats, 'TCP'))).toBe('reset');
      expect((await vats.registrations()).map(({ login }) => login)).toEqual(['boris']);
      expect(stranger.heard).toEqual([]);

      // Russia.
      const resident = await Stranger.open(scene, IN_RUSSIA);
      expect((await resident.ask(vats.sip, options(resident.local, vats))).text).toMatch(/^SIP\/2\.0 200 /);
      expect(await knockOverTcp(IN_RUSSIA, vats.sip, options(resident.local, vats, 'TCP'))).toMatch(/^SIP\/2\.0 200 /);
      const anna = await Baresip.start(scene, { ...ANNA, switch: vats.sip, tone: 420, address: IN_RUSSIA });
      await anna.registered();
      await call(anna, boris, BORIS.extension);
      await hangUp(anna, boris);
      await call(boris, anna, ANNA.extension);
      await hangUp(boris, anna);
      await anna.stop();

      // All that went to Germany over UDP is nothing; over TCP the handshake and resets.
      await wire.stop();
      expect(await wire.rows('sip', ['sip.Status-Code'])).toEqual([]);
      expect(await wire.rows('udp', ['udp.length'])).toEqual([]);
      expect((await wire.rows('tcp.flags.reset == 1', ['tcp.dstport'])).length).toBeGreaterThan(0);
      expect(await wire.rows('tcp.len > 0', ['tcp.len'])).toEqual([]);

      await vats.command('apply', fileWith(scene, { mode: 'russia', allow: [IN_GERMANY] }));
      const exception = await Baresip.start(scene, { ...ANNA, switch: vats.sip, tone: 420, address: IN_GERMANY });
      await exception.registered();
      await call(exception, boris, BORIS.extension);
      await hangUp(exception, boris);
      await vats.idle();
    },
  );

  scenario(
    'over TCP a phone abroad is reset, and the same phone at home registers and calls',
    { needs: ['baresip'] },
    async (scene) => {
      for (const country of ['DE', 'RU']) {
        const vats = await Switch.start(scene, {
          pbx: office('russia'),
          settings: { access: countries(country) },
        });
        const boris = await Baresip.start(scene, { ...BORIS, switch: vats.sip, tone: 600, address: OFFICE });
        await boris.registered();
        const anna = await Baresip.start(scene, { ...ANNA, switch: vats.sip, tone: 420, transport: 'tcp' });
        if (country === 'DE') {
          // What it says of the reset depends on whether its REGISTER was on the way already.
          await counted(vats, 'fenced', 1);
          expect(await anna.notRegistered(40_000)).not.toMatch(/^\d/);
          expect((await vats.registrations()).map(({ login }) => login)).toEqual(['boris']);
          await anna.kill();
        } else {
          await anna.registered();
          await call(anna, boris, BORIS.extension);
          await hangUp(anna, boris);
          await call(boris, anna, ANNA.extension);
          await hangUp(boris, anna);
        }
        await vats.stop();
      }
    },
  );

  scenario(
    'applied while a phone abroad is registered and in a call: the call ends, the binding and the connection go',
    { needs: ['baresip'], seconds: 120 },
    async (scene) => {
      const vats = await start(scene, 'any');
      const [anna, vera, boris] = await Promise.all([
        Baresip.start(scene, { ...ANNA, switch: vats.sip, tone: 420, address: IN_GERMANY }),
        Baresip.start(scene, { ...VERA, switch: vats.sip, tone: 300, transport: 'tcp' }),
        Baresip.start(scene, { ...BORIS, switch: vats.sip, tone: 600, address: IN_RUSSIA }),
      ]);
      await Promise.all([anna.registered(), vera.registered(), boris.registered()]);
      const idle = connect({ host: vats.sip.address, port: vats.sip.port, localAddress: IN_GERMANY });
      scene.own('idle connection', () => idle.destroy());
      const cut = new Promise<void>((resolve) => idle.once('close', () => resolve()));
      idle.on('error', () => {});
      await call(boris, anna, ANNA.extension);

      // What would happen is told before, by where the accounts were used from.
      const russia = fileWith(scene, 'russia', 'russia.yaml');
      const trial = await vats.command('explain', 'policy', russia);
      expect(trial).toMatch(/^OUT +anna +Anna Petrova +127\.0\.0\.77 +DE .*domain: refused: DE is not RU/m);
      expect(trial).toMatch(/^OUT +vera +Vera Orlova +127\.0\.0\.1 +DE /m);
      expect(trial).toMatch(/^in +boris +Boris Sidorov +127\.0\.0\.78 +RU /m);
      expect(trial).toContain('2 of 3 accounts of office.example would be shut out');
      expect((await vats.registrations()).length).toBe(3);
      expect((await vats.glance()).calls).toBe(1);

      await vats.command('apply', russia);
      await Promise.all([anna.event('CALL_CLOSED', 10_000), boris.event('CALL_CLOSED', 10_000)]);
      await within(cut, 10_000, 'end of the idle connection');
      await registered(vats, 'boris');
      await eventually('end of the call', async () => (await vats.glance()).calls === 0);
      for (const { extension } of [ANNA, VERA]) {
        await boris.dial(extension);
        expect((await boris.event('CALL_CLOSED', 10_000)).param).toMatch(/^480/);
      }
      // Its own next request is not heard.
      const { fenced } = (await vats.glance()).access.counters;
      await anna.dial(BORIS.extension);
      await counted(vats, 'fenced', fenced + 2);
      // It was told once that the call is over; nothing waits for its answer, which is not heard any more.
      await vats.idle();
    },
  );
});

scenario('what the commands say of countries and policies', { needs: [] }, async (scene) => {
  const file = JSON.parse(office('russia'));
  file.users[1].devices[0].access = { mode: 'list', allow: ['127.0.0.5', '192.168.1.16-32'] };
  const vats = await Switch.start(scene, { pbx: JSON.stringify(file), settings: { access: COUNTRIES } });
  const geo = async (...args: string[]) => (await vats.command('explain', 'geo', ...args)).trimEnd().split('\n');
  expect(await geo(IN_GERMANY)).toEqual([
    '127.0.0.77: country DE',
    'machine  admitted: mode any lets everybody in',
    'domain   refused: DE is not RU',
    'so it is NOT heard',
  ]);
  expect(await geo(IN_RUSSIA)).toEqual([
    '127.0.0.78: country RU',
    'machine  admitted: mode any lets everybody in',
    'domain   admitted: RU may come',
    'so it is heard',
  ]);
  expect(await geo('127.0.0.5')).toContain('domain   admitted: a private address, which has no country');
  // By the table itself: Yandex' and Google's name servers.
  expect(await geo('77.88.8.8')).toContain('domain   admitted: RU may come');
  expect((await geo('8.8.8.8')).slice(2)).toEqual(['domain   refused: US is not RU', 'so it is NOT heard']);
  expect((await geo(IN_RUSSIA, '--device', 'boris')).slice(2)).toEqual([
    'domain   admitted: RU may come',
    'device   refused: in none of the networks of allow',
    'so it is NOT heard as boris: the password, right or wrong, is answered as a wrong one',
  ]);
  expect((await geo('192.168.1.20', '--device', 'boris')).slice(2)).toEqual([
    'domain   admitted: a private address, which has no country',
    'device   admitted: in 192.168.1.16-32, listed in allow',
    'so it is heard as boris',
  ]);
  expect(await vats.command('geo')).toMatch(/^country table of \d{4}-\d\d-\d\d \(built in\)\n$/);
  expect(await vats.command('status')).toMatch(/countries as of \d{4}-\d\d-\d\d/);
  expect(await vats.command('explain', 'policy', fileWith(scene, 'russia'))).toBe(
    'no account of office.example was used in the last 30 days\n',
  );
  const wrong = await command(['explain', 'geo', 'nowhere', '--data', vats.data]);
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toMatch(/'nowhere' .*IP address/);
});

describe('bans', () => {
  scenario(
    'an operator shuts a live phone out and lets it in again',
    { needs: ['baresip'], seconds: 180 },
    async (scene) => {
      const vats = await start(scene, 'russia');
      const annas = () => Baresip.start(scene, { ...ANNA, switch: vats.sip, tone: 420, address: IN_RUSSIA });
      const [old, vera, boris] = await Promise.all([
        annas(),
        Baresip.start(scene, { ...VERA, switch: vats.sip, tone: 300, address: IN_RUSSIA }),
        Baresip.start(scene, { ...BORIS, switch: vats.sip, tone: 600, address: OFFICE }),
      ]);
      await Promise.all([old.registered(), vera.registered(), boris.registered()]);
      const works = async (phone: Baresip) => {
        await phone.dial('*43');
        await phone.event('CALL_ESTABLISHED', 10_000);
        await phone.hangUp();
        await phone.event('CALL_CLOSED', 10_000);
      };
      const isUnheard = async (phone: Baresip) => {
        const { banned } = (await vats.glance()).access.counters;
        await phone.dial('*43');
        await counted(vats, 'banned', banned + 2);
        await phone.hangUp();
        await phone.event('CALL_CLOSED', 10_000);
      };
      // Told what a wrong password is told, so that nobody can find out whose name it is.
      const isTakenForAGuess = async (phone: Baresip) => {
        const { banned } = (await vats.glance()).access.counters;
        await phone.dial('*43');
        const { param } = await phone.event('CALL_CLOSED', 10_000);
        expect(param).toMatch(/407|Proxy Authentication|authentication/i);
        await counted(vats, 'banned', banned + 1);
      };
      await works(old);

      // One login there: the other phone at the same address is not touched.
      const told = await vats.command('bans', 'add', IN_RUSSIA, '--user', 'anna', '--reason', 'an old password');
      expect(told).toMatch(/127\.0\.0\.78 +anna@office\.example .* never +operator +an old password/);
      await registered(vats, 'boris', 'vera');
      await isTakenForAGuess(old);
      await works(vera);
      const [byLogin] = await vats.bans();
      expect(byLogin).toMatchObject({ network: IN_RUSSIA, user: 'anna', by: 'operator' });
      expect(await vats.command('bans', 'remove', byLogin?.id ?? '')).toBe('127.0.0.78 (anna) is let in again\n');
      await works(old);
      await old.stop();
      const anna = await annas();
      await anna.registered();
      await registered(vats, 'anna', 'boris', 'vera');

      // The whole address, while it talks.
      await call(boris, anna, ANNA.extension);
      await vats.command('bans', 'add', IN_RUSSIA, '--for', '1h', '--reason', 'guessed all night');
      await Promise.all([anna.event('CALL_CLOSED', 10_000), boris.event('CALL_CLOSED', 10_000)]);
      await registered(vats, 'boris');
      await isUnheard(anna);
      await isUnheard(vera);
      await works(boris);
      expect(await vats.command('explain', 'geo', IN_RUSSIA)).toMatch(
        /^banned +127\.0\.0\.78: guessed all night \(\w+\)\nso it is NOT heard$/m,
      );
      expect(await vats.command('bans')).toMatch(/127\.0\.0\.78 +all .* operator +guessed all night/);
      expect(await vats.command('bans', 'remove', IN_RUSSIA)).toBe('127.0.0.78 is let in again\n');
      expect(await vats.command('bans')).toBe('nobody is banned\n');
      await works(anna);
      await works(vera);
      await vats.idle();
    },
  );

  scenario(
    'outlive an orderly end and a crash, and no restart makes one',
    { needs: [], seconds: 120 },
    async (scene) => {
      const vats = await start(scene, 'any');
      const stranger = await Stranger.open(scene, ownAddress(53));
      const uri = `sip:${vats.sip.address}:${vats.sip.port}`;
      let count = 0;
      const register = async (from: Stranger, password: string) => {
        const request = {
          method: 'REGISTER',
          name: 'anna',
          domain: 'office.example',
          local: from.local,
          target: vats.sip,
        };
        const { text } = await from.ask(vats.sip, strangersRequest({ ...request, callId: `first${++count}` }));
        const challenge = readChallenge(text);
        if (challenge === undefined) throw new Error(text);
        const more = [`Authorization: ${credentials(challenge, { login: 'anna', password }, 'REGISTER', uri)}`];
        return (await from.ask(vats.sip, strangersRequest({ ...request, callId: `second${count}`, more }))).text;
      };
      for (let i = 0; i < 10; i++) expect(await register(stranger, `Wrong1Guess${i}`)).toMatch(/^SIP\/2\.0 401 /);
      const standing = await vats.bans();
      expect(standing).toMatchObject([{ network: stranger.local.address, by: 'switch' }]);
      await vats.command('bans', 'add', '198.51.100.0/24', '--reason', 'by hand');
      const both = await vats.bans();
      expect(both.map(({ by }) => by).sort()).toEqual(['operator', 'switch']);
      const other = await Stranger.open(scene, ownAddress(54));
      for (const end of [() => vats.stop(), () => vats.kill()]) {
        await end();
        await vats.again();
        expect(await vats.bans()).toEqual(both);
        const { banned } = (await vats.glance()).access.counters;
        stranger.send(vats.sip, options(stranger.local, vats));
        await counted(vats, 'banned', banned + 1);
        expect(stranger.heard).toEqual([]);
        // A phone whose nonce is of the process before is asked again, and that is no wrong password.
        expect(await register(other, ANNA.password)).toMatch(/^SIP\/2\.0 200 /);
      }
      await wait(100);
      expect(stranger.heard).toEqual([]);
      await vats.command('bans', 'remove', stranger.local.address);
      expect((await stranger.ask(vats.sip, options(stranger.local, vats))).text).toMatch(/^SIP\/2\.0 200 /);
      await vats.idle();
    },
  );
});
