import { describe, expect } from 'vitest';
import type { Actor } from '../actor.ts';
import { scenario } from '../scenario.ts';
import { end, talk } from '../scenarios/acts.ts';
import type { World } from '../world.ts';

/** Where nobody's phone is: an offer that says so is refused. */
const NOWHERE = [
  '224.0.0.1',
  '239.255.255.250',
  '255.255.255.255',
  '169.254.1.1',
  '169.254.169.254',
  '100.100.100.200',
  '0.1.2.3',
];
const NOWHERE_IPV6 = ['ff02::1', 'fe80::1', 'fd00:ec2::254', '::ffff:169.254.169.254', '::ffff:224.0.0.1'];

/** Where a phone with a public address may be behind a NAT, and where our own neighbours are. */
const NEIGHBOURS = [
  '127.0.0.1',
  '127.255.255.254',
  '10.0.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '100.64.0.1',
];
const NEIGHBOURS_IPV6 = ['::1', 'fd12::1', '::ffff:127.0.0.1', '::ffff:10.0.0.1', 'localhost', 'internal.example'];

function sdpAt(phone: Actor, address: string): string {
  const family = address.includes(':') ? 'IP6' : 'IP4';
  return phone.phone
    .sdp()
    .replace(/^c=.*$/m, `c=IN ${family} ${address}`)
    .replace(/^o=(.*) IN .*$/m, `o=$1 IN ${family} ${address}`);
}

/** Every endpoint that the media plane was told it may send to before it has heard anybody. */
function dialled(world: World): string[] {
  const commands = world.media.calls.flatMap((call) => call.commands);
  return commands.flatMap((command) => {
    if (command.do !== 'update') return [];
    const { claimed, claimedRtcp } = command.media;
    return [claimed?.address, claimedRtcp?.address].filter((address) => address !== undefined);
  });
}

describe('an address where nobody can be', () => {
  for (const address of [...NOWHERE, ...NOWHERE_IPV6]) {
    scenario(
      `security 20: c=${address} is refused in an offer, in an answer, and in a re-INVITE`,
      { ends: ['offer-refused', 'no-common-codec', 'caller-hung-up'] },
      ({ alice, bob, world }) => {
        alice.invites(bob, { sdp: sdpAt(alice, address) });
        alice.hears('488 INVITE');

        alice.invites(bob);
        bob.answers({ sdp: sdpAt(bob, address) });
        bob.expects('ACK', 'BYE');
        alice.hears('488 INVITE');

        talk(alice, bob);
        bob.reinvites({ sdp: sdpAt(bob, address) });
        bob.hears('488 INVITE');
        alice.hearsNothing();
        end(alice, bob);
        expect(dialled(world)).not.toContain(address);
      },
    );

    scenario(
      `security 20: a=rtcp with ${address} is refused like c=`,
      { ends: 'offer-refused' },
      ({ alice, bob, world }) => {
        const family = address.includes(':') ? 'IP6' : 'IP4';
        alice.invites(bob, { sdp: `${alice.phone.sdp()}a=rtcp:4001 IN ${family} ${address}\r\n` });
        alice.hears('488 INVITE');
        expect(dialled(world)).toEqual([]);
      },
    );
  }
});

describe('an address in our own neighbourhood', () => {
  for (const address of [...NEIGHBOURS, ...NEIGHBOURS_IPV6]) {
    scenario(
      `security 20: ${address} from a public peer is not dialled: its sound is waited for`,
      { ends: ['caller-hung-up', 'caller-hung-up'] },
      ({ alice, bob, world }) => {
        const family = address.includes(':') ? 'IP6' : 'IP4';
        const rtcp = /^[\d.:a-f]+$/.test(address) ? `a=rtcp:4001 IN ${family} ${address}\r\n` : '';
        alice.invites(bob, { sdp: `${sdpAt(alice, address)}${rtcp}` });
        bob.answers({ sdp: `${sdpAt(bob, address)}${rtcp}` });
        alice.hears('200 INVITE');
        bob.expects('ACK');
        expect(dialled(world)).toEqual([]);
        end(alice, bob);

        // Nor when it is said later, in a call that began well.
        talk(alice, bob);
        alice.reinvites({ sdp: sdpAt(alice, address) });
        bob.answers();
        alice.hears('200 INVITE');
        bob.expects('ACK');
        end(alice, bob);
        expect(dialled(world)).not.toContain(address);
      },
    );
  }

  scenario(
    'security 20: a public address is dialled, so that the others are known to be told from it',
    { ends: 'caller-hung-up' },
    ({ alice, bob, world }) => {
      alice.invites(bob, { sdp: sdpAt(alice, '198.51.100.77') });
      bob.answers();
      alice.hears('200 INVITE');
      bob.expects('ACK');
      end(alice, bob);
      expect(dialled(world)).toEqual(expect.arrayContaining(['198.51.100.77', '192.0.2.20']));
    },
  );
});

describe('more m-lines than anybody needs', () => {
  const withLines = (phone: Actor, count: number): string =>
    `${phone.phone.sdp()}${'m=audio 0 RTP/AVP 8\r\n'.repeat(count - 1)}`;

  scenario(
    'security 20: 33 are refused in an offer and in an answer, 32 are not',
    { ends: ['offer-refused', 'no-common-codec', 'caller-hung-up'] },
    ({ alice, bob }) => {
      alice.invites(bob, { sdp: withLines(alice, 33) });
      alice.hears('488 INVITE');

      alice.invites(bob);
      bob.answers({ sdp: withLines(bob, 33) });
      bob.expects('ACK', 'BYE');
      alice.hears('488 INVITE');

      alice.invites(bob, { sdp: withLines(alice, 32) });
      bob.answers();
      alice.hears('200 INVITE');
      bob.expects('ACK');
      end(alice, bob);
    },
  );

  scenario(
    'security 20: a body that is nothing but m-lines, formats or attributes costs a refusal',
    { ends: Array(4).fill('offer-refused') },
    ({ alice, bob }) => {
      const base = alice.phone.sdp();
      for (const flood of [
        'm=audio 4000 RTP/AVP 8\r\n'.repeat(2_000),
        `m=audio 4000 RTP/AVP ${Array.from({ length: 1_000 }, (_, i) => i % 128).join(' ')}\r\n`,
        `a=fmtp:8 ${'x'.repeat(40_000)}\r\n`,
        'a=x\r\n'.repeat(5_000),
      ]) {
        alice.invites(bob, { sdp: base + flood });
        alice.hears(/^4(00|13|88) INVITE$/);
      }
      bob.hearsNothing();
    },
  );
});
