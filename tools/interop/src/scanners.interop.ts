import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { Baresip } from './baresip.ts';
import { Capture } from './capture.ts';
import { eventually } from './deadline.ts';
import { expectTone } from './judge.ts';
import { Kamailio } from './kamailio.ts';
import { ANNA, DOMAIN, NAMES, pbxFile, STRONG, users } from './office.ts';
import { ownAddress } from './own-address.ts';
import { freePorts } from './ports.ts';
import { scenario } from './scenario.ts';
import type { Scene } from './scene.ts';
import { foundBy, sipvicious } from './sipvicious.ts';
import { Stranger, strangersRequest } from './stranger.ts';
import { Switch } from './switch.ts';

const SIPVICIOUS = ['svmap', 'svwar', 'svcrack'];
const WITNESS = ['tshark', 'dumpcap', 'root'];
/** A phone that nobody would turn away. */
const PHONE = 'Zoiper rv2.10.20.4';
/** Those of the 200 names that exist. */
const FEW = ['101', '117', '138', '200', '201', '256', '299'];

/**
 * A scanner's own end: an address that is nobody else's, and a free port there.
 *
 * @param nth of those that run at the same time; what one source may send is not what is looked at here
 */
async function scannersEnd(nth = 0) {
  const address = ownAddress(53 + nth);
  return { address, port: await freePorts(1, address) };
}

/** A registrar as many are: who is unknown gets 404, and passwords are in a dictionary. */
async function weakRegistrar(scene: Scene, names: readonly string[], password: string): Promise<Kamailio> {
  return await Kamailio.start(scene, {
    address: ownAddress(48),
    modules: ['sl', 'pv', 'textops', 'auth'],
    script: `request_route {
  if (!is_method("REGISTER")) { sl_send_reply("405", "Method Not Allowed"); exit; }
  if (!($tU =~ "^(${names.join('|')})$")) { sl_send_reply("404", "Not Found"); exit; }
  if (!pv_www_authenticate("$td", "${password}", "0")) { www_challenge("$td", "1"); exit; }
  sl_send_reply("200", "OK");
}`,
  });
}

describe('sipvicious by its own name', () => {
  scenario(
    'svmap, svwar and svcrack hear nothing at all',
    { needs: [...SIPVICIOUS, ...WITNESS], seconds: 180 },
    async (scene) => {
      const vats = await Switch.start(scene, { pbx: pbxFile({ accounts: users(FEW) }) });
      const wire = await Capture.start(scene, {
        filter: `udp and host ${vats.sip.address}`,
        sipPorts: [vats.sip.port],
      });
      const dictionary = scene.path('words');
      writeFileSync(dictionary, 'one\ntwo\nthree\n');
      // Most of what they do is to wait for answers, so they wait at the same time.
      const scans = [
        ['svmap'],
        ['svmap', '-m', 'INVITE'],
        ['svwar', '--force', '-e', '100-299'],
        ['svwar', '--force', '-e', '100-299', '-m', 'INVITE'],
        ['svwar', '-e', '100-299', '-m', 'OPTIONS'],
        ['svcrack', '-u', '201', '-d', dictionary],
      ] as const;
      const ran = await Promise.all(
        scans.map(async ([tool, ...args], i) =>
          sipvicious(tool, { from: await scannersEnd(i), target: vats.sip, args }),
        ),
      );
      for (const { stdout, stderr, code } of ran) expect({ stdout, code }, stderr).toEqual({ stdout: '', code: 0 });

      // A stranger of another name at the same address is answered: it is the name alone, and the witness sees answers.
      const stranger = await Stranger.open(scene, ownAddress(53));
      const { local } = stranger;
      const request = { method: 'OPTIONS', name: '201', domain: DOMAIN, callId: 'other', local, target: vats.sip };
      expect((await stranger.ask(vats.sip, strangersRequest(request))).text).toMatch(/^SIP\/2\.0 200 /);
      const toAnybody = () => wire.rows(`ip.src == ${vats.sip.address}`, ['sip.Status-Code', 'udp.dstport']);
      // What dumpcap still holds back when it is stopped is lost; all before is written when this answer is.
      await eventually('answer in the capture', async () => (await toAnybody()).length > 0, { milliseconds: 20_000 });
      await wire.stop();
      expect(await toAnybody()).toEqual([['200', String(local.port)]]);
      const came = await wire.rows('sip.User-Agent == "friendly-scanner"', ['ip.src']);
      expect(new Set(came.flat()).size).toBe(ran.length);
      const { access, sip } = await vats.status();
      expect(access.counters.scanners).toBe(came.length);
      expect({ bans: access.bans, failures: sip.authenticationFailures }).toEqual({ bans: 0, failures: 0 });
      await vats.idle();
    },
  );
});

describe('svwar by the name of a phone', () => {
  scenario(
    'finds the users of a registrar that tells, and none of ours among 200 names',
    { needs: [...SIPVICIOUS, 'kamailio'], seconds: 180 },
    async (scene) => {
      const weak = await weakRegistrar(scene, FEW, STRONG);
      // Most of what it does is to wait for answers, so several of it wait at the same time.
      let ends = 0;
      const scan = async (target: Switch['sip'], ...args: string[]) => {
        const from = await scannersEnd(ends++);
        return sipvicious('svwar', { from, target, userAgent: PHONE, args: [...args, '-e', '100-299'] });
      };
      // The control: this is what svwar is for.
      const told = foundBy(await scan(weak.sip)).sort();
      expect(told).toEqual(FEW.map((name) => [name, 'reqauth']));
      await weak.stop();

      const vats = await Switch.start(scene, { pbx: pbxFile({ accounts: users(FEW) }) });
      // It sees the device, but gives up: a name that nobody has is asked for a password as well.
      const looks = await sipvicious('svmap', { from: await scannersEnd(), target: vats.sip, userAgent: PHONE });
      expect(looks.stdout).toContain(`${vats.sip.address}:${vats.sip.port}`);
      const gaveUp = ['REGISTER', 'INVITE'].map(async (method) => {
        const { stdout, stderr } = await scan(vats.sip, '-m', method);
        expect(stderr).toContain('authentication request for an unknown extension');
        expect(stdout).toBe('');
      });
      const asked = scan(vats.sip, '-m', 'OPTIONS').then(({ stdout }) => expect(stdout).toBe(''));
      // Made to go on all the same, it finds that everybody is there.
      const wentOn = ['REGISTER', 'INVITE'].map(async (method) => {
        const everybody = foundBy(await scan(vats.sip, '--every', '-m', method)).sort();
        expect(everybody).toEqual(NAMES.map((name) => [name, 'reqauth']));
      });
      await Promise.all([...gaveUp, asked, ...wentOn]);
      const { access, sip } = await vats.status();
      expect({ bans: access.bans, failures: sip.authenticationFailures }).toEqual({ bans: 0, failures: 0 });
      await vats.idle();
    },
  );
});

describe('svcrack by the name of a phone', () => {
  const WEAK = 'dragon7';
  const PLACE = 60;

  const dictionary = (scene: Scene): string => {
    const file = scene.path('words');
    const words = Array.from({ length: 100 }, (_, i) => (i === PLACE ? WEAK : `secret${i}`));
    writeFileSync(file, `${words.join('\n')}\n`);
    return file;
  };

  /** An account that was there before rules for passwords were. */
  const pbxWithWeakPassword = (): string => {
    const file = JSON.parse(pbxFile({ accounts: [ANNA] }));
    const digest = (algorithm: string) => createHash(algorithm).update(`anna:${DOMAIN}:${WEAK}`).digest('hex');
    file.users[0].devices = [{ login: 'anna', ha1: { realm: DOMAIN, md5: digest('md5'), sha256: digest('sha256') } }];
    return JSON.stringify(file);
  };

  scenario(
    'finds the password of a weak registrar, and ours where nobody is banned',
    { needs: [...SIPVICIOUS, 'kamailio'] },
    async (scene) => {
      const from = await scannersEnd();
      const args = ['-u', 'anna', '-d', dictionary(scene)];
      const weak = await weakRegistrar(scene, ['anna'], WEAK);
      const crack = (target: Switch['sip']) => sipvicious('svcrack', { from, target, userAgent: PHONE, args });
      expect(foundBy(await crack(weak.sip))).toEqual([['anna', WEAK]]);
      const settings = { access: { ban: { failures: 10_000 } } };
      const vats = await Switch.start(scene, { pbx: pbxWithWeakPassword(), settings });
      expect(foundBy(await crack(vats.sip))).toEqual([['anna', WEAK]]);
      expect((await vats.status()).sip.authenticationFailures).toBeGreaterThanOrEqual(PLACE);
      await vats.idle();
    },
  );

  scenario(
    'is shut out of a default install after ten wrong passwords, while the phone of that account works on',
    { needs: [...SIPVICIOUS, 'baresip', 'sox'], seconds: 180 },
    async (scene) => {
      const vats = await Switch.start(scene, { pbx: pbxWithWeakPassword() });
      const phone = await Baresip.start(scene, {
        ...ANNA,
        password: WEAK,
        switch: vats.sip,
        address: ownAddress(52),
        tone: 420,
      });
      await phone.registered();
      const echo = async () => {
        await phone.dial('*43');
        await phone.event('CALL_ESTABLISHED', 10_000);
        await wait(2_500);
        await phone.hangUp();
        await phone.event('CALL_CLOSED', 10_000);
      };
      await echo();
      const from = await scannersEnd();
      // Longer than the call that goes on meanwhile.
      const args = ['-u', 'anna', '-d', dictionary(scene), '--maximumtime', 6];
      const cracking = sipvicious('svcrack', { from, target: vats.sip, userAgent: PHONE, args });
      await eventually('ban', async () => (await vats.glance()).access.bans > 0, { milliseconds: 20_000 });
      await echo();
      const { stdout, stderr } = await cracking;
      expect(stdout, stderr).toBe('');
      expect(stderr).toContain('since we last received a response');

      expect(await vats.bans()).toEqual([
        expect.objectContaining({
          network: from.address,
          by: 'switch',
          reason: expect.stringMatching(/^10 failed logins/),
        }),
      ]);
      const [ban] = await vats.bans();
      expect(ban?.user).toBeUndefined();
      const minutes = ((ban?.until ?? 0) - Date.now()) / 60_000;
      expect(minutes).toBeGreaterThan(55);
      expect(minutes).toBeLessThanOrEqual(60);
      const { access, sip, registrations } = await vats.status();
      expect({ bans: access.bans, failures: sip.authenticationFailures, registrations }).toEqual({
        bans: 1,
        failures: 10,
        registrations: 1,
      });
      expect(access.counters.banned).toBeGreaterThan(100);
      expect(await vats.command('bans')).toMatch(new RegExp(`${from.address} +all `));
      expect(await vats.command('status')).toMatch(/access +1 ban, \d+ messages refused/);
      await echo();
      for (const file of phone.heard()) await expectTone(file, phone.tone, { from: 0.5, length: 1.5 });
      expect(phone.heard()).toHaveLength(3);
      await vats.idle();
    },
  );
});
