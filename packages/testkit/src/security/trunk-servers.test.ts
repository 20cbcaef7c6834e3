import type { Domain } from '@vats/pbx';
import { describe, expect } from 'vitest';
import { pbxYaml } from '../cast.ts';
import { scenario } from '../scenario.ts';
import { end } from '../scenarios/acts.ts';
import { COMPANY, pbxUser } from '../scenarios/company.ts';
import type { World } from '../world.ts';
import { hears, registers } from './fenced.ts';
import { withCountries } from './geography.ts';
import { rawRequest, Stranger } from './stranger.ts';

/** The operator of the company, and its reserve, are abroad; the company is for Russia. */
const ABROAD = {
  ownTrunks: true,
  cast: ['alice'],
  pbx: `access: russia\n${COMPANY}`,
  users: pbxUser(),
  settings: withCountries({
    geo: {
      database: 'builtin',
      overrides: { '192.0.2.0/24': 'RU', '192.0.2.70/31': 'DE', '203.0.113.0/24': 'DE' },
    },
  }),
} as const;

/** Elsewhere in the operator's own network, where no server of ours is. */
const LISTED = { address: '203.0.113.66', port: 5066 };

const contactOf = (world: World, trunk = 'itsp'): string => {
  const [domain] = world.running.model.directory.model.domains as readonly Domain[];
  return world.running.trunks.of(domain?.id ?? '', trunk)?.contactUser ?? '';
};

describe('a trunk’s servers abroad, for a company that is for Russia', () => {
  scenario(
    'security trunks: a call to our Contact comes in, one by a trunk by address too',
    { ends: ['caller-hung-up', 'caller-hung-up'], ...ABROAD },
    ({ itsp, reserve, alice, world }) => {
      for (const [operator, called] of [
        [itsp, contactOf(world)],
        [reserve, '84951234567'],
      ] as const) {
        operator.invites(called, { headers: [['Diversion', '<sip:74951234567@sip.itsp.example>']] });
        alice.answers();
        operator.hears('200 INVITE');
        alice.expects('ACK');
        end(operator, alice);
      }
    },
  );

  scenario('security trunks: OPTIONS is answered', { ends: [], ...ABROAD }, ({ itsp, reserve }) => {
    for (const operator of [itsp, reserve]) {
      operator.asks('OPTIONS');
      operator.hears('200 OPTIONS');
    }
  });

  scenario(
    'security trunks: nothing else that they say passes the fence',
    { ends: [], ...ABROAD },
    ({ itsp, world }) => {
      itsp.manners.acknowledges = false;
      for (const method of ['REGISTER', 'MESSAGE', 'SUBSCRIBE', 'BYE', 'NOTIFY', 'UNHEARDOF']) {
        if (method === 'REGISTER') itsp.phone.register();
        else itsp.asks(method);
      }
      itsp.invites('84951234567');
      itsp.hearsNothing();
      expect(world.running.access.gate.counters.fenced).toBe(7);
      expect(world.log.lines.filter(({ event }) => event === 'trunk.not-recognised')).toMatchObject([
        { fields: { trunk: 'itsp', remedy: expect.stringContaining('recognise: address') } },
      ]);
    },
  );

  scenario(
    'security trunks: an address of the allow list is heard too, and one beside it is not',
    { ends: 'callee-busy', ...ABROAD, pbx: ABROAD.pbx.replace('allow: [192.0.2.70]', 'allow: [203.0.113.64/28]') },
    async ({ alice, world }) => {
      const options = rawRequest();
      expect(await hears(world, LISTED, options)).toEqual(['200 OPTIONS']);
      expect(await hears(world, { ...LISTED, address: '203.0.113.80' }, rawRequest())).toEqual([]);
      const operator = await Stranger.overUdp(world, LISTED);
      const sdp = alice.phone.sdp();
      const invite = rawRequest({
        method: 'INVITE',
        uri: `sip:${contactOf(world)}@198.51.100.1`,
        to: '<sip:74951234567@sip.itsp.example>',
        lines: ['Contact: <sip:operator@203.0.113.66:5066>', 'Content-Type: application/sdp'],
        body: sdp,
      });
      operator.says(invite);
      alice.refuses(486);
      alice.expects('ACK');
      expect(operator.hears()).toEqual(['486 INVITE']);
      operator.says(
        invite
          .replace('INVITE sip', 'ACK sip')
          .replace('1 INVITE', '1 ACK')
          .replace(sdp, '')
          .replace(/Content-Length: \d+/, 'Content-Length: 0'),
      );
      world.passes(40_000);
      await operator.leaves();
    },
  );

  scenario(
    'security trunks: a list that is half the world opens nothing',
    { ends: [], ...ABROAD, pbx: ABROAD.pbx.replace('allow: [192.0.2.70]', 'allow: [203.0.0.0/8]') },
    async ({ world }) => {
      expect(await hears(world, LISTED, rawRequest())).toEqual([]);
    },
  );

  scenario('security trunks: a ban by hand shuts them out', { ends: [], ...ABROAD }, async ({ itsp, world }) => {
    world.running.access.gate.bans.add({ network: '192.0.2.70' }, { by: 'operator', reason: 'test' });
    itsp.asks('OPTIONS');
    itsp.invites(contactOf(world));
    itsp.hearsNothing();
  });

  scenario(
    'security trunks: a PBX that registers with an account is judged by the policy',
    {
      ends: [],
      ...ABROAD,
      settings: withCountries({
        geo: { database: 'builtin', overrides: { '192.0.2.0/24': 'RU', '192.0.2.80': 'DE' } },
      }),
    },
    async ({ pbx, world }) => {
      pbx.phone.register();
      pbx.asks('OPTIONS');
      pbx.hearsNothing();
      expect(await registers(world, { address: '192.0.2.99', port: 5066 }, 'user11')).toBe('200 REGISTER');
    },
  );

  scenario(
    'security trunks: their calls outlive a change of policies',
    { ends: 'caller-hung-up', ...ABROAD },
    async ({ itsp, alice, world }) => {
      itsp.invites(contactOf(world), { headers: [['Diversion', '<sip:74951234567@sip.itsp.example>']] });
      alice.answers();
      itsp.hears('200 INVITE');
      alice.expects('ACK');
      await world.applies(
        pbxYaml(
          `${ABROAD.pbx.replace('access: russia', 'access: { mode: russia, deny: [198.18.0.0/15] }')}`,
          pbxUser(),
        ),
      );
      end(itsp, alice);
    },
  );
});
