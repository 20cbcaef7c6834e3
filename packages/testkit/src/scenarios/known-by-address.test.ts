import { describe, expect } from 'vitest';
import { scenario } from '../scenario.ts';
import { rawRequest, Stranger } from '../security/stranger.ts';
import { COMPANY, pbxUser } from './company.ts';

const BY_CONTACT = { ownTrunks: true, cast: ['alice'], pbx: COMPANY, users: pbxUser() } as const;
const BY_ADDRESS = {
  ...BY_CONTACT,
  pbx: COMPANY.replace('password: s3cretpass }', 'password: s3cretpass, recognise: address }'),
};

describe('an operator that puts the number in the Request-URI, and not our Contact', () => {
  scenario(
    'is asked for credentials unless the trunk is to be known by its address, and the log says what to do',
    { ends: [], ...BY_CONTACT },
    ({ itsp, world }) => {
      itsp.manners.authenticates = false;
      itsp.invites('84951234567');
      itsp.hears('407 INVITE');
      expect(world.log.lines.filter(({ event }) => event === 'trunk.not-recognised')).toMatchObject([
        { fields: { trunk: 'itsp', address: '192.0.2.70' } },
      ]);
    },
  );

  scenario(
    'is known by its address and our number, in whatever writing',
    { ends: ['callee-busy', 'callee-busy', 'callee-busy'], ...BY_ADDRESS },
    ({ itsp, alice }) => {
      for (const number of ['84951234567', '+74951234567', '74951234567']) {
        itsp.invites(number);
        alice.refuses(486);
        alice.expects('ACK');
        itsp.hears('486 INVITE');
      }
    },
  );

  scenario(
    'is not known for a number that is none of ours, nor of another trunk’s',
    {
      ends: [],
      ...BY_ADDRESS,
      pbx: BY_ADDRESS.pbx.replace('"+74957654321", to', '"+74957654321", trunk: reserve, to'),
    },
    ({ itsp }) => {
      itsp.manners.authenticates = false;
      for (const number of ['89031234567', '84957654321', '201']) {
        itsp.invites(number);
        itsp.hears('407 INVITE');
      }
    },
  );

  scenario('is not known elsewhere, whatever it calls', { ends: [], ...BY_ADDRESS }, async ({ world }) => {
    const stranger = await Stranger.overUdp(world, { address: '192.0.2.73', port: 5060 });
    stranger.says(rawRequest({ method: 'INVITE', uri: 'sip:74951234567@acme.example' }));
    expect(stranger.hears()).toEqual(['407 INVITE']);
    await stranger.leaves();
  });
});

describe('an operator whose servers share their calls', () => {
  scenario(
    'may hang up from another server of the trunk; nobody else may',
    {
      ends: 'caller-hung-up',
      ...BY_ADDRESS,
      pbx: BY_ADDRESS.pbx.replace('allow: [192.0.2.70]', 'allow: [192.0.2.70, 192.0.2.76]'),
    },
    async ({ itsp, alice, world }) => {
      itsp.invites('84951234567');
      alice.answers();
      itsp.hears('200 INVITE');
      alice.expects('ACK');
      const { call } = itsp;
      const bye = (): string =>
        rawRequest({
          method: 'BYE',
          uri: call.remoteTarget,
          from: `${call.localParty};tag=${call.localTag}`,
          to: `${call.remoteParty};tag=${call.remoteTag}`,
          callId: call.callId,
          cseq: 5,
        });
      for (const [address, status] of [
        ['192.0.2.77', 403],
        ['192.0.2.76', 200],
      ] as const) {
        const server = await Stranger.overUdp(world, { address, port: 5060 });
        server.says(bye());
        expect(server.hears()).toEqual([`${status} BYE`]);
        await server.leaves();
      }
      alice.expects('BYE');
    },
  );
});
