import { describe, expect } from 'vitest';
import { pbxYaml } from '../cast.ts';
import { scenario } from '../scenario.ts';
import type { World } from '../world.ts';
import { end } from './acts.ts';
import { COMPANY, changed, pbxUser } from './company.ts';

const COMPANY_OF = { pbx: COMPANY, users: pbxUser() };
const SCHEMES = `
numbers: [{ number: "+74951234567", scheme: day }]
schemes:
  - { name: day, open: [{ goto: night }] }
  - { name: night, open: [{ goto: day }] }
`;

describe('circles within the company end with 482 at once, and nobody rings', () => {
  scenario(
    'two users who always forward to each other are refused by apply; by way of a number it is found when somebody calls',
    { ends: ['loop', 'loop'], ...COMPANY_OF, cast: ['alice', 'bob', 'carol'] },
    async ({ alice, bob, carol, itsp, world }) => {
      await world.applies(changed('201', 'alice', 'forward: { always: "202" }'), 'alice.yaml');
      const back = (to: string): Promise<void> => {
        return world.applies(changed('202', 'bobby', `forward: { always: "${to}" }`), 'bob.yaml');
      };
      await expect(back('201')).rejects.toThrow('all calls of 201 go round: 201 -> 202 -> 201');
      await back('+74951234567');
      const since = world.stage.clock.monotonic();
      carol.invites(alice);
      carol.hears('482 INVITE');
      itsp.invites('84951234567');
      itsp.hears('482 INVITE');
      expect(world.stage.clock.monotonic() - since).toBeLessThan(1_000);
      alice.hearsNothing();
      bob.hearsNothing();
    },
  );

  scenario('two schemes that lead to each other', { ends: 'loop', ...COMPANY_OF }, async ({ itsp, alice, world }) => {
    await world.applies(`domain: acme.example\n${SCHEMES}`, 'schemes.yaml');
    const since = world.stage.clock.monotonic();
    itsp.invites('84951234567');
    itsp.hears('482 INVITE');
    expect(world.stage.clock.monotonic() - since).toBeLessThan(1_000);
    alice.hearsNothing();
  });

  scenario(
    'a user whose forward on no answer leads back rings once, and then it ends',
    { ends: 'loop', ...COMPANY_OF, cast: ['alice', 'bob', 'carol'] },
    async ({ alice, bob, carol, world }) => {
      await world.applies(changed('201', 'alice', 'ring: 3s, forward: { noAnswer: "202" }'), 'alice.yaml');
      await world.applies(changed('202', 'bobby', 'forward: { always: "201" }'), 'bob.yaml');
      carol.invites(alice);
      alice.rings();
      carol.hears('180 INVITE');
      world.passes(3_000);
      alice.expects('CANCEL', 'ACK');
      carol.hears('482 INVITE');
      bob.hearsNothing();
    },
  );
});

/** The company's file without Bob, of whom the group knows nothing any more. */
const WITHOUT_BOB = pbxYaml(COMPANY.replace('"202", ', ''), pbxUser()).replace(
  / {2}- extension: "202"\n(?: {4}.*\n)+/,
  '',
);

/** What the company's file said and this text does not is gone. */
async function becomes(world: World, text: string): Promise<void> {
  const applied = await world.running.model.applyFile({ path: '/pbx.yaml', name: 'pbx.yaml', text, prune: true });
  if (!applied.ok) throw new Error(JSON.stringify(applied.problems));
}

describe('a member who is deleted from the file while a call of the group is up', () => {
  scenario(
    'before its turn: does not ring, and the others do',
    { ends: 'caller-hung-up', ...COMPANY_OF, cast: ['alice', 'bob', 'carol'] },
    async ({ itsp, alice, bob, carol, world }) => {
      itsp.invites('84957654321');
      alice.rings();
      itsp.hears('180 INVITE');
      await becomes(world, WITHOUT_BOB);
      alice.call.respond(486);
      alice.expects('ACK');
      carol.answers();
      itsp.hears('200 INVITE');
      carol.expects('ACK');
      end(itsp, carol);
      bob.hearsNothing();
    },
  );

  scenario(
    'while it rings: the call goes its way, whether that phone answers',
    { ends: 'caller-hung-up', ...COMPANY_OF, cast: ['alice', 'bob', 'carol'] },
    async ({ itsp, alice, bob, world }) => {
      itsp.invites('84957654321');
      alice.refuses(486);
      alice.expects('ACK');
      bob.rings();
      itsp.hears('180 INVITE');
      await becomes(world, WITHOUT_BOB);
      expect(world.running.model.directory.model.domains[0]?.users.map(({ extension }) => extension)).not.toContain(
        '202',
      );
      bob.answers();
      itsp.hears('200 INVITE');
      bob.expects('ACK');
      end(itsp, bob);
    },
  );

  scenario(
    'while it rings: or does not, and the next one rings',
    { ends: 'caller-hung-up', ...COMPANY_OF, cast: ['alice', 'bob', 'carol'] },
    async ({ itsp, alice, bob, carol, world }) => {
      itsp.invites('84957654321');
      alice.refuses(486);
      alice.expects('ACK');
      bob.rings();
      itsp.hears('180 INVITE');
      await becomes(world, WITHOUT_BOB);
      world.passes(5_000);
      bob.expects('CANCEL', 'ACK');
      carol.answers();
      itsp.hears('200 INVITE');
      carol.expects('ACK');
      end(itsp, carol);
    },
  );
});

describe('apply while a call is up', () => {
  scenario(
    'a file that takes number, trunk and rules away ends no call that talks, and the next one goes by the new file',
    { ends: ['caller-hung-up', 'caller-hung-up', 'not-found'], ...COMPANY_OF },
    async ({ itsp, alice, bob, reserve, world }) => {
      itsp.invites('84951234567');
      alice.answers();
      itsp.hears('200 INVITE');
      alice.expects('ACK');
      bob.invites('+79031234567');
      itsp.answers();
      itsp.expects('ACK');
      bob.hears('200 INVITE');
      const [inward] = itsp.phone.calls;
      await becomes(world, pbxYaml());
      itsp.hearsNothing();
      alice.hearsNothing();
      bob.call.bye();
      bob.hears('200 BYE');
      itsp.expects('BYE');
      inward?.bye();
      itsp.hears('200 BYE');
      alice.expects('BYE');
      bob.invites('+79031234567');
      bob.hears('404 INVITE');
      reserve.hearsNothing();
    },
  );

  scenario(
    'a file that is refused changes nothing: the call rings on, and the next one goes as before',
    { ends: ['caller-hung-up', 'callee-busy'], ...COMPANY_OF },
    async ({ itsp, alice, world }) => {
      itsp.invites('84951234567');
      alice.rings();
      itsp.hears('180 INVITE');
      const broken = pbxYaml(COMPANY.replace('to: "201"', 'to: "299"'), pbxUser());
      await expect(world.applies(broken)).rejects.toThrow('299');
      alice.answers();
      itsp.hears('200 INVITE');
      alice.expects('ACK');
      end(itsp, alice);
      itsp.invites('84951234567');
      alice.refuses(486);
      alice.expects('ACK');
      itsp.hears('486 INVITE');
    },
  );
});
