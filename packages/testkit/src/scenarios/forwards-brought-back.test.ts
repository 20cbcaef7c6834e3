import { describe, expect } from 'vitest';
import { type Scene, scenario } from '../scenario.ts';
import { COMPANY, pbxUser } from './company.ts';

const MOBILE = '+79990000002';
const NUMBER = '+74957654321';

/** Calls to the second number go on to a mobile phone. */
const pbxOf = (more = '') => ({
  pbx: COMPANY.replace(`{ number: "${NUMBER}", to: "600" }`, `{ number: "${NUMBER}", to: "${MOBILE}"${more} }`),
  users: pbxUser(),
});

/** How many INVITEs reached the operator since it was asked last, and what the other one's calls got; the rest is as it may be. */
function heard({ itsp, reserve, world }: Scene): { readonly invites: number; readonly responses: string[] } {
  world.stage.settle();
  const requests = itsp.phone.inbox.requests.splice(0);
  itsp.phone.inbox.responses.length = 0;
  reserve.phone.inbox.requests.length = 0;
  const responses = reserve.phone.inbox.responses.splice(0).map(({ label }) => label);
  return { invites: requests.filter(({ label }) => label === 'INVITE').length, responses };
}

/** The operator brings each INVITE that goes out back to the number that it was forwarded from. @returns how many went out, and what was refused */
function bringsBack(
  scene: Scene,
  shows: (turn: number) => string,
): { readonly out: number; readonly refused: string[] } {
  const { itsp, reserve } = scene;
  let out = 0;
  const refused: string[] = [];
  for (let turn = 0; turn < 45; turn++) {
    const { invites, responses } = heard(scene);
    refused.push(...responses.filter((response) => !/^[12]/.test(response)));
    if (invites === 0) break;
    out += invites;
    itsp.phone.call.respond(180);
    reserve.manners.showsAs = shows(turn);
    reserve.phone.dial(NUMBER);
  }
  return { out, refused };
}

const another = (turn: number): string => `+7916${1_000_000 + turn}`;
const times = <T>(count: number, what: T): T[] => Array<T>(count).fill(what);

describe('an operator brings a forwarded call back to the number that it was forwarded from', () => {
  for (const [what, shows] of [
    ['no caller ID', () => 'anonymous'],
    ['another caller ID each time', another],
  ] as const) {
    scenario(
      `with ${what}: ten of them ring and the next hears busy, others have ports, and all end when they have rung`,
      { ends: [...times(10, 'no-answer' as const), 'no-channel', 'caller-hung-up'], ...pbxOf(), mediaPairs: 100 },
      (scene) => {
        const { itsp, alice, world } = scene;
        itsp.invites(NUMBER);
        expect(bringsBack(scene, shows)).toEqual({ out: 10, refused: ['486 INVITE'] });
        expect(world.log.events).toContain('call.too-many-ringing');
        alice.invites('*43');
        alice.hears('200 INVITE');
        alice.hangsUp();
        alice.hears('200 BYE');
        world.passes(120_000);
        const after = heard(scene);
        expect(after).toEqual({ invites: 0, responses: times(9, '480 INVITE') });
      },
    );
  }

  scenario('with the number that is rung: 482 at once', { ends: ['callee-busy', 'loop'], ...pbxOf() }, (scene) => {
    const { itsp, reserve } = scene;
    itsp.invites(NUMBER);
    itsp.expects('INVITE');
    reserve.manners.showsAs = MOBILE;
    reserve.invites(NUMBER);
    reserve.hears('482 INVITE');
    itsp.phone.calls.at(-1)?.respond(486);
    itsp.expects('ACK');
    itsp.hears('486 INVITE');
  });

  scenario(
    'a number with channels has as many as it says',
    { ends: [...times(12, 'no-answer' as const), 'no-channel'], ...pbxOf(', channels: 12') },
    (scene) => {
      scene.itsp.invites(NUMBER);
      expect(bringsBack(scene, another)).toEqual({ out: 12, refused: ['486 INVITE'] });
      scene.world.passes(120_000);
      heard(scene);
    },
  );

  scenario(
    'and whatever it says, no more than a quarter of all media ports',
    { ends: [...times(10, 'no-answer' as const), 'no-channel'], ...pbxOf(', channels: 40'), mediaPairs: 40 },
    (scene) => {
      scene.itsp.invites(NUMBER);
      expect(bringsBack(scene, another)).toEqual({ out: 10, refused: ['486 INVITE'] });
      scene.world.passes(120_000);
      heard(scene);
    },
  );

  scenario(
    'ten callers at once are no circle, and those who were answered do not count',
    { ends: times(20, 'switch-stopped' as const), ...pbxOf() },
    (scene) => {
      const { itsp, reserve, world } = scene;
      for (let caller = 0; caller < 20; caller++) {
        reserve.manners.showsAs = another(caller);
        reserve.phone.dial(NUMBER);
        world.stage.settle();
        if (caller >= 9) itsp.phone.calls[caller - 9]?.respond(200);
        expect(heard(scene).invites).toBe(1);
      }
      world.running.calls.hangUpAll('switch-stopped');
      heard(scene);
    },
  );
});
