import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Baresip } from './baresip.ts';
import { expectTone } from './judge.ts';
import { ownAddress } from './own-address.ts';
import { PBX_NEEDS, PbxAtUs, type Recipe } from './pbx-at-us.ts';
import { ANNA, BORIS, type Did, NUMBER, PBX, pbxFileFor } from './pbx-at-us-file.ts';
import { freePorts } from './ports.ts';
import { scenario } from './scenario.ts';
import { Sipp } from './sipp.ts';
import { seconds } from './sound.ts';
import { TONE } from './two-phones.ts';

const FOREIGN = '+79161234567';
const NEW_PASSWORD = 'Zx3cVb9NewOne';
/** baresip lets a key go at this one. */
const RELEASE = '\u0004';

/** What every PBX that registers here must be able to do, set up by one of our recipes. Each kind has a file of its own: they run side by side. */
export function pbxScenarios(recipe: Recipe): void {
  const play = (name: string, steps: (set: PbxAtUs) => Promise<void>): void =>
    scenario(`${name} (${recipe})`, { needs: PBX_NEEDS }, async (scene) => {
      const set = await PbxAtUs.start(scene, recipe);
      await set.registered();
      await steps(set);
      await set.vats.idle();
      await set.asterisk.stop();
      expect(await set.vats.stop()).toEqual({ code: 0, signal: null });
      await set.wire.stop();
    });

  play('a phone calls it: sound and keys both ways', async (set) => {
    const anna = await set.phone();
    await reaches(set, anna, PBX.extension, PBX.extension);
    await wait(1_500);
    for (const key of '159#') {
      await anna.press(key);
      await wait(200);
      await anna.press(RELEASE);
      await wait(150);
    }
    await set.asterisk.says(/keys 159/, 8_000);
    await wait(2_000);
    await over(set, anna);
    await expectTone(anna.heard()[0] as string, PBX.tone, { from: 0.4, length: 1 });
    await expectTone(set.heard, TONE.anna, { from: 0.4, length: 1 });
    await anna.stop();
    const keys = `rtpevent && ip.src == ${set.vats.sip.address} && udp.dstport >= ${anna.rtpPort} && udp.dstport < ${anna.rtpPort + 20}`;
    await set.wire.stop();
    const events = (await set.wire.rows(keys, ['rtpevent.event_id'])).map(([id]) => id);
    expect(new Set(events)).toEqual(new Set(['9', '8', '11']));
  });

  scenario(`it sends its caller on by Transfer(), a blind REFER (${recipe})`, { needs: PBX_NEEDS }, async (scene) => {
    const set = await PbxAtUs.start(scene, recipe, pbxFileFor({ second: BORIS }));
    await set.registered();
    const [anna, boris] = await Promise.all([set.phone(), set.phone(BORIS, TONE.boris)]);
    await set.sendsOn(BORIS.extension);
    await reaches(set, anna, PBX.extension, PBX.extension);
    // His phone shows whom he will speak with.
    expect((await boris.event('CALL_INCOMING')).peeruri).toContain(`sip:${ANNA.extension}@`);
    await boris.answer();
    await boris.event('CALL_ESTABLISHED');
    await wait(2_500);
    await over(set, anna);
    await boris.event('CALL_CLOSED');
    await expectTone(boris.heard()[0] as string, TONE.anna, { from: 0.5, length: 1.5 });
    const heard = anna.heard()[0] as string;
    await expectTone(heard, PBX.tone, { from: 0.5, length: 1 });
    await expectTone(heard, TONE.boris, { from: (await seconds(heard)) - 2, length: 1.2 });
    await Promise.all([anna.stop(), boris.stop()]);
    await set.wire.stop();
    expect(await set.requests('REFER', 'from', ['sip.Refer-To'])).toHaveLength(1);
    const [accepted] = await set.wire.rows('sip.Status-Code == 202', ['ip.src']);
    expect(accepted).toEqual([set.vats.sip.address]);
    const states = await set.wire.rows('sip.Method == "NOTIFY" && sip.Event contains "refer"', [
      'sip.Subscription-State',
    ]);
    expect(states.map(([state]) => state?.split(';')[0]).at(-1)).toBe('terminated');
  });

  play('it calls a phone through our challenge: its number is shown where it is ours, else replaced', async (set) => {
    const anna = await set.phone();
    await set.calls(ANNA.extension, NUMBER);
    expect((await anna.event('CALL_INCOMING')).peeruri).toContain(`sip:${NUMBER}@`);
    await anna.answer();
    await anna.event('CALL_ESTABLISHED');
    await wait(2_500);
    await over(set, anna);
    await expectTone(anna.heard()[0] as string, PBX.tone, { from: 0.4, length: 1.2 });
    await expectTone(set.heard, TONE.anna, { from: 0.4, length: 1.2 });

    await set.calls(ANNA.extension, FOREIGN);
    expect((await anna.event('CALL_INCOMING')).peeruri).toContain(`sip:${PBX.extension}@`);
    await over(set, anna);
    await anna.stop();

    await set.wire.stop();
    const shown = await set.requests('INVITE', 'from', [
      'sip.from.user',
      'sip.auth.username',
      'sip.P-Asserted-Identity',
    ]);
    // The first of each pair is challenged, the second has the account's name; the number shown stands beside it.
    expect(shown.map(([, user]) => user)).toEqual(['', PBX.login, '', PBX.login]);
    expect(new Set(shown.map(([from]) => from))).toEqual(new Set([PBX.login]));
    expect(shown[3]?.[2]).toContain(FOREIGN);
  });

  play('a call to a number of ours names it where the account says', async (set) => {
    const anna = await set.phone();
    await reaches(set, anna, NUMBER, NUMBER);
    await over(set, anna);
    for (const did of ['contact', 'to'] satisfies Did[]) {
      await set.applied(pbxFileFor({ did }));
      // Its recipe is another one, too.
      await set.told(PBX.password);
      await set.registered();
      // By the Contact's user in the Request-URI, both; To has the number in one of them.
      await reaches(set, anna, NUMBER, did === 'contact' ? PBX.extension : NUMBER, PBX.extension);
      await over(set, anna);
    }
    await anna.stop();
  });

  scenario(
    `ten calls at once on one number, ten more out, and the eleventh hears busy (${recipe})`,
    { needs: PBX_NEEDS },
    async (scene) => {
      const set = await PbxAtUs.start(scene, recipe);
      await set.registered();
      const anna = await set.phone();
      const address = ownAddress(49);
      const ten = await Sipp.start(scene, {
        scenario: 'caller',
        target: set.vats.sip,
        local: { address, port: await freePorts(2, address) },
        users: [ANNA],
        dials: NUMBER,
        calls: 10,
        rate: 10,
        hold: 7_000,
      });
      for (let i = 0; i < 10; i++) await set.calls('*43', NUMBER);
      await set.inCalls(20);
      await anna.dial(NUMBER);
      expect((await anna.event('CALL_CLOSED')).param).toMatch(/^486 /);
      expect(await set.asterisk.rx('core show channels')).toMatch(/\b[234]\d active channels/);
      const result = await ten.finished(30_000);
      expect(result).toMatchObject({ successful: 10, failed: 0, unexpected: 0 });
      // A place is free again.
      await reaches(set, anna, NUMBER, NUMBER);
      await set.asterisk.rx('channel request hangup all');
      await anna.event('CALL_CLOSED');
      await set.vats.idle();
    },
  );

  play('our restart, its restart and a changed password', async (set) => {
    const anna = await set.phone();
    await set.vats.kill();
    await set.vats.again();
    // Nobody has registered anew: both are remembered, and the PBX is reached at once.
    await reaches(set, anna, PBX.extension, PBX.extension);
    await over(set, anna);
    await set.registered();
    await set.calls(ANNA.extension, NUMBER);
    await anna.event('CALL_INCOMING');
    await anna.hangUp();
    await set.asterisk.says(/dialled BUSY 17/);

    await set.asterisk.kill();
    await set.asterisk.again();
    await set.registered();
    await reaches(set, anna, PBX.extension, PBX.extension);
    await over(set, anna);

    await set.applied(pbxFileFor({ password: NEW_PASSWORD }));
    // As after a theft: what was registered with the old one is gone at once, and a call with it is not let in.
    expect((await set.vats.registrations()).map(({ login }) => login)).toEqual([ANNA.login]);
    await set.calls(ANNA.extension, NUMBER);
    await set.asterisk.says(/dialled (?!ANSWER|BUSY)/);
    await set.asterisk.kill();
    await set.asterisk.again();
    await set.refused();
    await set.told(NEW_PASSWORD);
    await set.registered();
    await reaches(set, anna, PBX.extension, PBX.extension);
    await over(set, anna);
    await anna.stop();
  });
}

/** A phone dials; the PBX takes the call, and says as what it came and by which Request-URI. */
export async function reaches(set: PbxAtUs, phone: Baresip, dialled: string, as: string, by = as): Promise<void> {
  await phone.dial(dialled);
  await phone.event('CALL_ESTABLISHED');
  const said = `came in as ${as} from ${ANNA.extension} by ${by}`;
  await set.asterisk.says(new RegExp(said.replaceAll('+', '\\+')));
}

/** The phone hangs up, and nobody is in a call any more. */
export async function over(set: PbxAtUs, phone: Baresip): Promise<void> {
  await phone.hangUp();
  await phone.event('CALL_CLOSED');
  await set.inCalls(0);
}
