import { rtpPacket } from '@vats/media/testing';
import { expect } from 'vitest';
import type { Actor } from '../actor.ts';
import { scenario } from '../scenario.ts';
import { end, talk } from '../scenarios/acts.ts';

const BODIES = 16;

/** Bodies that no phone should send, made of what this one would say. */
function wrongBodies({ phone }: Actor): string[] {
  const good = phone.sdp();
  const lines = good.trimEnd().split('\r\n');
  return [
    ...['224.0.0.1', '169.254.169.254', '100.100.100.200', 'ff02::1', 'fe80::1'].map((address) =>
      good.replace(/^c=.*$/m, `c=IN ${address.includes(':') ? 'IP6' : 'IP4'} ${address}`),
    ),
    `${good}${'m=audio 4000 RTP/AVP 8\r\n'.repeat(32)}`,
    good.replace(/^m=audio \d+/m, 'm=audio 65536'),
    good.replace(/^m=audio \d+/m, 'm=audio -1'),
    good.replace('v=0', 'v=1'),
    good.replace(/^o=.*$/m, 'o=- x'),
    good.replace(/^m=audio \d+/m, 'm=audio 0'),
    `${good}a=x\0y\r\n`,
    `${good}${'x'.repeat(3_000)}\r\n`,
    ...[1, 2, 4].map((count) => lines.slice(0, count).join('\r\n').slice(0, -1)),
  ];
}

scenario(
  'security 20: bodies that are wrong, in offers, answers and re-INVITEs, are refused, and two who talk go on hearing each other',
  {
    cast: ['alice', 'bob', 'carol', 'eve'],
    ends: [
      'caller-hung-up',
      ...Array<'offer-refused'>(BODIES).fill('offer-refused'),
      ...Array<'no-common-codec'>(BODIES).fill('no-common-codec'),
      'caller-hung-up',
    ],
  },
  ({ alice, bob, carol, eve, world }) => {
    talk(carol, eve);
    const beside = world.media.calls.at(-1)!;
    const commands = beside.commands.length;
    let said = 0;
    const theyTalk = (): void => {
      const packet = rtpPacket({ sequence: ++said });
      beside.says('a', packet);
      expect(beside.heardAt('b1').at(-1)).toEqual(packet);
      beside.says('b1', packet);
      expect(beside.heardAt('a').at(-1)).toEqual(packet);
    };
    const bodies = wrongBodies(alice);
    expect(bodies).toHaveLength(BODIES);
    for (const sdp of bodies) {
      alice.invites(bob, { sdp });
      alice.hears(/^4(00|13|88) INVITE$/);
      theyTalk();
    }
    bob.hearsNothing();
    for (const sdp of wrongBodies(bob)) {
      alice.invites(bob);
      bob.answers({ sdp });
      bob.expects('ACK', 'BYE');
      alice.hears('488 INVITE');
      theyTalk();
    }
    talk(alice, bob);
    for (const sdp of wrongBodies(bob)) {
      bob.reinvites({ sdp });
      bob.hears(/^4(00|13|88) INVITE$/);
      theyTalk();
    }
    alice.hearsNothing();
    end(alice, bob);
    theyTalk();
    expect(beside.commands).toHaveLength(commands);
    end(carol, eve);
  },
);
