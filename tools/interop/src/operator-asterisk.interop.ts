import { describe, expect } from 'vitest';
import { Asterisk, type AsteriskOptions } from './asterisk.ts';
import { accountsAt, type Line } from './asterisk-operator.ts';
import { Baresip } from './baresip.ts';
import { ANNA } from './office.ts';
import { LOGIN, NUMBER, officeAt, SUBSCRIBER, talkAndJudge } from './operator-line.ts';
import { ownAddress } from './own-address.ts';
import { scenario } from './scenario.ts';
import { Switch } from './switch.ts';

type Driver = AsteriskOptions['driver'];
type Files = Readonly<Record<string, string>>;

const PASSWORD = 's3cret';
/** The first REGISTER asks for 180 s: chan_sip answers 423, chan_pjsip grants what it wants. */
const LONG: Line = { password: PASSWORD, least: 240, most: 3600 };
const SHORT: Line = { password: PASSWORD, least: 5, most: 8 };
const CHANGED: Line = { ...SHORT, password: 'n3wSecret' };
const OPERATOR = { chan_sip: ownAddress(62), chan_pjsip: ownAddress(63) };
/** What each says to a wrong password. */
const REFUSED = { chan_sip: /^403 Forbidden/, chan_pjsip: /^401 Unauthorized: the peer refused our credentials/ };

const RELOAD = { chan_sip: 'sip reload', chan_pjsip: 'module reload res_pjsip.so' };

/** Both name the Contact alone in Request-URI and To. chan_pjsip tells the number in a header of its own, chan_sip nowhere. */
function dialplan(driver: Driver): Files {
  const technology = driver === 'chan_sip' ? 'SIP' : 'PJSIP';
  const toLine =
    driver === 'chan_sip'
      ? `exten => ${LOGIN},1,Dial(SIP/${LOGIN},30)`
      : `exten => ${LOGIN},1,Dial(PJSIP/${LOGIN},30,b(called^s^1))
[called]
exten => s,1,Set(PJSIP_HEADER(add,P-Called-Party-ID)=<sip:${LOGIN}@sip.itsp.example>)
 same => n,Return()`;
  return {
    extensions: `[general]
static=yes
[lines]
exten => ${SUBSCRIBER.login},1,Dial(${technology}/${SUBSCRIBER.login},30)
[subscribers]
${toLine}
`,
  };
}

// Each waits most of the time: for a registration to run out.
describe.concurrent.each(['chan_sip', 'chan_pjsip'] as const)('Asterisk as an operator, %s', (driver) => {
  const files = (sip: Asterisk['sip'], line: Line): Files => accountsAt(driver, sip, line);
  scenario(
    `registered through its least expiry, a restart and a changed password; calls both ways (${driver})`,
    { needs: ['asterisk', 'baresip', 'sox'], seconds: 180 },
    async (scene) => {
      const operator = await Asterisk.start(scene, {
        address: OPERATOR[driver],
        driver,
        files: (sip) => ({ ...files(sip, LONG), ...dialplan(driver) }),
      });
      const changes = async (line: Line) => {
        operator.configure(files(operator.sip, line));
        await operator.rx(RELOAD[driver]);
      };
      const office = officeAt(operator.sip, PASSWORD, operator.sip.address);
      const vats = await Switch.start(scene, { pbx: office });
      const granted = ((await vats.trunkIs('itsp', 'registered')).until ?? 0) - Date.now();
      expect(granted).toBeGreaterThan(210_000);
      expect(granted).toBeLessThanOrEqual(241_000);

      const [anna, outside] = await Promise.all([
        Baresip.start(scene, { ...ANNA, switch: vats.sip, tone: 420 }),
        Baresip.start(scene, { ...SUBSCRIBER, switch: operator.sip, tone: 600 }),
      ]);
      await Promise.all([anna.registered(), outside.registered()]);
      await talkAndJudge(vats, outside, anna, LOGIN);
      await talkAndJudge(vats, anna, outside, '89161112233');
      expect(await vats.history()).toMatchObject([
        { direction: 'in', trunk: 'itsp', did: NUMBER, result: 'answered', from: { number: '+79161112233' } },
        { direction: 'out', result: 'answered', dialled: '89161112233' },
      ]);

      // A new expiry is another line; from here on it is refreshed every five seconds.
      await changes(SHORT);
      const short = office.replace('"180s"', '"120s"');
      await vats.apply(short);
      await vats.trunkIs('itsp', 'registered');
      await operator.kill();
      await vats.trunkIs('itsp', 'unreachable', 30_000);
      expect(await vats.command('trunks')).toMatch(
        /^itsp .* unreachable +(the granted time is over|no answer within)/m,
      );
      await operator.again();
      await vats.trunkIs('itsp', 'registered', 60_000);

      await changes(CHANGED);
      const { answer, nextTryAt = 0 } = await vats.trunkIs('itsp', 'rejected');
      expect(`${answer?.status} ${answer?.reason}${answer?.why ? `: ${answer.why}` : ''}`).toMatch(REFUSED[driver]);
      expect(nextTryAt - Date.now()).toBeGreaterThan(280_000);
      await vats.apply(short.replace(PASSWORD, CHANGED.password));
      await vats.trunkIs('itsp', 'registered', 2_000);
      expect(await vats.command('trunks')).toMatch(/^itsp .* registered, .* 200 OK /m);
      await vats.idle();
    },
  );
});
