import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { Baresip } from './baresip.ts';
import { eventually } from './deadline.ts';
import { KamailioOperator, LINE } from './kamailio-operator.ts';
import { ANNA } from './office.ts';
import { LOGIN, NUMBER, officeAt, SUBSCRIBER, talkAndJudge } from './operator-line.ts';
import { ownAddress } from './own-address.ts';
import { scenario } from './scenario.ts';
import type { Scene } from './scene.ts';
import { Stranger, strangersRequest } from './stranger.ts';
import { vats as command, Switch } from './switch.ts';

const OPERATOR = ownAddress(60);
const ELSEWHERE = ownAddress(61);
/** Seconds granted where a test waits for refreshes; each comes after five. */
const SHORT = 8;

/** An operator and a switch that is registered there. */
async function stage(scene: Scene): Promise<{ vats: Switch; operator: KamailioOperator }> {
  const operator = await KamailioOperator.start(scene, OPERATOR);
  const vats = await Switch.start(scene, { pbx: officeAt(operator.sip, LINE.password) });
  await vats.trunkIs('itsp', 'registered');
  return { vats, operator };
}

describe('Kamailio as an operator', () => {
  scenario(
    'a registration goes through challenges, stale nonces, 423, 503, a restart and a changed password',
    { needs: ['kamailio'], seconds: 180 },
    async (scene) => {
      const { vats, operator } = await stage(scene);
      // For 180 s, through three challenges of which one can be answered; under a Contact that nobody can guess.
      expect(operator.heard).toEqual([
        { expires: 180, credentials: 'none', status: 401, contact: expect.stringMatching(/^[a-z0-9]{20}$/) },
        { expires: 180, credentials: 'good', status: 200, contact: operator.heard[0]?.contact },
      ]);
      const granted = ((await vats.trunk('itsp')).until ?? 0) - Date.now();
      expect(granted).toBeGreaterThan(150_000);
      expect(granted).toBeLessThanOrEqual(181_000);
      expect(await vats.command('trunks')).toMatch(/^itsp .* registered, \d:\d\d left +200 OK /m);

      // Short grants from here on. A new expiry is another line, which takes the old binding away.
      await operator.grantsAtMost(SHORT);
      const short = officeAt(operator.sip, LINE.password).replace('"180s"', '"120s"');
      await vats.apply(short);
      await operator.hears('of the new line', ({ credentials, expires }) => credentials === 'good' && expires === 120);
      expect(operator.heard.some(({ expires }) => expires === 0)).toBe(true);

      // The nonce of the last REGISTER is too old at each refresh; a new one is used without a word to anybody.
      await operator.hears('with a stale nonce', ({ credentials }) => credentials === 'stale');
      await operator.hears('with the new one', ({ credentials }) => credentials === 'good');
      expect(await vats.command('trunks')).toMatch(/^itsp .* registered, .* 200 OK /m);

      await operator.wantsAtLeast(240);
      await operator.hears('answered by 423', ({ status }) => status === 423);
      await operator.hears('for 240 s', ({ expires, status }) => expires === 240 && status === 200);
      expect(await vats.command('trunks')).toMatch(/^itsp .* registered, .* 200 OK /m);
      expect(vats.logged('trunk.rejected')).toEqual([]);
      expect(vats.logged('trunk.unreachable')).toEqual([]);

      // Registered as long as the granted time runs, then unreachable, and registered again when the operator can.
      await operator.behaves('overloaded');
      await operator.hears('answered by 503', ({ status }) => status === 503);
      expect((await vats.trunk('itsp')).state).toBe('registered');
      const overloaded = await vats.trunkIs('itsp', 'unreachable');
      expect(overloaded.answer).toMatchObject({ status: 503, reason: 'Service Unavailable' });
      expect(overloaded.nextTryAt).toBeDefined();
      expect(await vats.command('trunks')).toMatch(/^itsp .* unreachable +503 Service Unavailable /m);
      await operator.behaves('serve');
      await vats.trunkIs('itsp', 'registered', 30_000);

      await operator.stop();
      expect((await vats.trunkIs('itsp', 'unreachable', 30_000)).answer).toMatchObject({
        reason: expect.stringMatching(
          /^the granted time is over, and no refresh was answered$|^no answer within 32 s$/,
        ),
      });
      await operator.again();
      await operator.grantsAtMost(SHORT);
      await vats.trunkIs('itsp', 'registered', 60_000);
      await changedPassword(vats, operator, short);
      await vats.idle();
    },
  );

  scenario(
    'calls come in to the Contact of the registration alone and go out with credentials, with sound both ways',
    { needs: ['kamailio', 'baresip', 'sox'], seconds: 120 },
    async (scene) => {
      const { vats, operator } = await stage(scene);
      const [anna, outside] = await Promise.all([
        Baresip.start(scene, { ...ANNA, switch: vats.sip, tone: 420 }),
        Baresip.start(scene, { ...SUBSCRIBER, switch: operator.sip, tone: 600 }),
      ]);
      await Promise.all([anna.registered(), outside.registered()]);

      await talkAndJudge(vats, outside, anna, LOGIN);
      await talkAndJudge(vats, anna, outside, '89161112233');
      expect(operator.invites).toEqual([
        `${SUBSCRIBER.login} ${LOGIN}: 407`,
        `${SUBSCRIBER.login} ${LOGIN}: passed`,
        `${LOGIN} ${SUBSCRIBER.login}: 407`,
        `${LOGIN} ${SUBSCRIBER.login}: passed`,
      ]);
      const [inward, outward] = await vats.history();
      expect(inward).toMatchObject({ direction: 'in', trunk: 'itsp', did: NUMBER, result: 'answered' });
      expect(inward?.from.number).toBe('+79161112233');
      expect(outward).toMatchObject({ direction: 'out', result: 'answered', dialled: '89161112233' });

      await forgeries(scene, vats);
      expect(anna.events.pending(({ type }) => type === 'CALL_INCOMING')).toEqual([]);
      expect(await vats.history('--direction', 'in')).toHaveLength(1);
      await vats.idle();
    },
  );
});

/** The password is another one at the operator: one REGISTER is refused and told, and none follows until ours is changed. */
async function changedPassword(vats: Switch, operator: KamailioOperator, office: string): Promise<void> {
  await operator.changesPassword('n3wSecret');
  const refused = await vats.trunkIs('itsp', 'rejected');
  expect(refused.answer).toMatchObject({
    status: 401,
    reason: 'Unauthorized',
    why: 'the peer refused our credentials: password or authUser is wrong',
  });
  const next = (refused.nextTryAt ?? 0) - Date.now();
  expect(next).toBeGreaterThan(280_000);
  expect(next).toBeLessThan(600_000);
  expect(await vats.command('trunks')).toMatch(
    /^itsp .* rejected +401 Unauthorized: the peer refused our credentials: password or authUser is wrong /m,
  );
  // Longer than a refresh would take.
  const said = operator.heard.length;
  await wait(SHORT * 600);
  expect(operator.heard.length).toBe(said);
  expect(operator.heard.filter(({ credentials }) => credentials === 'wrong')).toHaveLength(1);
  const tested = await command(['trunk', 'test', 'itsp', '--data', vats.data]);
  expect(tested.code).toBe(1);
  expect(tested.stdout).toMatch(/FAIL {2}answer +final answer: 401 Unauthorized: the peer refused our credentials/);
  expect(tested.stdout).toMatch(/\nremedy: check password and authUser/);
  await vats.apply(office.replace(LINE.password, 'n3wSecret'));
  await vats.trunkIs('itsp', 'registered', 2_000);
  expect(await vats.command('trunks')).toMatch(/^itsp .* registered, .* 200 OK /m);
  expect((await command(['trunk', 'test', 'itsp', '--data', vats.data])).code).toBe(0);
}

/** Who knows the number and not the Contact is a stranger, at another address and at the operator's own as well. */
async function forgeries(scene: Scene, vats: Switch): Promise<void> {
  for (const address of [ELSEWHERE, OPERATOR]) {
    const forger = await Stranger.open(scene, address);
    const { local } = forger;
    const names = { name: LOGIN, domain: LINE.domain, callId: `forged-${address}` };
    forger.send(vats.sip, strangersRequest({ method: 'INVITE', ...names, local, target: vats.sip }));
    const answers = await eventually('answer to a forged INVITE', () => forger.heard.length > 0 && forger.heard);
    expect(answers.every((text) => /^SIP\/2\.0 (100|401|403|404|407) /.test(text))).toBe(true);
    expect(answers.some((text) => /^SIP\/2\.0 (401|407) /.test(text))).toBe(true);
  }
}
