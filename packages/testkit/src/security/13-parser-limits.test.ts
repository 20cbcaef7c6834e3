import { describe, expect } from 'vitest';
import { PHONES } from '../cast.ts';
import { scenario } from '../scenario.ts';
import { AFTERMATH_MS, type World } from '../world.ts';
import { rawRequest, Stranger } from './stranger.ts';
import { tampers } from './tamper.ts';

/** What a hostile peer does to a request: the request as text in, octets as text (latin1) out. */
interface Attack {
  readonly name: string;
  readonly does: (text: string) => string;
  /** The status of the answer over UDP; undefined: silence. */
  readonly udp: number | undefined;
  /** The same over TCP where that is another. */
  readonly tcp?: number | undefined;
}

const withLines = (lines: readonly string[]) => (text: string) =>
  text.replace('\r\n\r\n', `\r\n${lines.join('\r\n')}\r\n\r\n`);
const withLength = (value: string) => (text: string) =>
  text.replace(/^Content-Length: .*$/m, `Content-Length: ${value}`);
const times = (count: number, line: (number: number) => string): string[] =>
  Array.from({ length: count }, (_, i) => line(i));

const ATTACKS: readonly Attack[] = [
  { name: '300 headers', does: withLines(times(300, (i) => `X-${i}: 1`)), udp: undefined },
  { name: 'a header of 9,000 octets', does: withLines([`X-Long: ${'a'.repeat(9_000)}`]), udp: undefined },
  {
    name: 'a folded header of 60,000 octets',
    does: withLines(['X-Long:', ...times(600, () => ` ${'a'.repeat(98)}`)]),
    udp: undefined,
  },
  {
    name: '2,560 Vias in 32 lines',
    does: withLines(times(32, () => `Via: ${times(80, () => 'SIP/2.0/UDP a').join(',')}`)),
    udp: 400,
  },
  {
    name: '200 compact Via lines',
    does: withLines(times(200, (i) => `v: SIP/2.0/UDP h${i}, SIP/2.0/UDP i`)),
    udp: 400,
  },
  { name: 'Content-Length -1', does: withLength('-1'), udp: 400 },
  { name: 'Content-Length +0', does: withLength('+0'), udp: 400 },
  { name: 'Content-Length 99999999999999999999', does: withLength('9'.repeat(20)), udp: 400 },
  { name: 'Content-Length 4294967296', does: withLength('4294967296'), udp: 400 },
  { name: 'Content-Length 0x10', does: withLength('0x10'), udp: 400 },
  { name: 'Content-Length without a number', does: withLength(''), udp: 400 },
  { name: 'two Content-Lengths', does: withLines(['l: 7']), udp: 400 },
  { name: 'Content-Length 70000', does: withLength('70000'), udp: 400, tcp: 513 },
  { name: 'a header line without a colon', does: withLines(['Nonsense']), udp: 400 },
  { name: 'a header without a name', does: withLines([': nonsense']), udp: 400 },
  { name: 'a name with a blank inside', does: withLines(['X Trust: 1']), udp: 400 },
  {
    name: 'a fold within the start line',
    does: (text) => text.replace(' SIP/2.0\r\n', '\r\n SIP/2.0\r\n'),
    udp: undefined,
  },
  {
    name: 'a fold behind the start line',
    does: (text) => text.replace(' SIP/2.0\r\n', ' SIP/2.0\r\n X: 1\r\n'),
    udp: 400,
  },
  {
    name: 'two different CSeqs',
    does: (text) => text.replace(/^CSeq: .*\r\n/m, (line) => `${line}CSeq: 77 OPTIONS\r\n`),
    udp: 400,
  },
  { name: 'a second, compact From', does: withLines(['f: <sip:bob@acme.example>;tag=2']), udp: 400 },
  { name: 'a second, compact Call-ID', does: withLines(['i: another']), udp: 400 },
  { name: 'a NUL in a value', does: withLines(['X-Nul: a\0b']), udp: undefined },
  { name: 'a NUL in a name', does: withLines(['X-N\0ul: ab']), udp: undefined },
  { name: 'a NUL in the method', does: (text) => `\0${text}`, udp: undefined },
  { name: 'a bare CR', does: withLines(['X-Cr: a\rX-Injected: b']), udp: undefined },
  { name: 'a bare LF', does: withLines(['X-Lf: a\nX-Injected: b']), udp: undefined },
  { name: 'LF for CRLF everywhere', does: (text) => text.replaceAll('\r\n', '\n'), udp: undefined },
  { name: 'CSeq 2^32', does: (text) => text.replace(/^CSeq: \d+/m, 'CSeq: 4294967296'), udp: 400 },
  {
    name: 'a URI with 100 parameters',
    does: (text) => text.replace(/^To: .*$/m, `To: <sip:a@b${times(100, (i) => `;p${i}=1`).join('')}>`),
    udp: 400,
  },
  { name: '300 Contacts', does: withLines([`m: ${times(300, (i) => `<sip:a@${i}.example>`).join(',')}`]), udp: 400 },
];

/** What is odd, and nevertheless SIP. */
const ODDITIES: readonly { readonly name: string; readonly does: (text: string) => string }[] = [
  { name: 'folds in every header', does: (text) => text.replaceAll(/^([\w-]+): /gm, '$1:\r\n  ') },
  { name: 'blanks before colons', does: (text) => text.replaceAll(/^([\w-]+): /gm, '$1 \t : ') },
  {
    name: 'compact forms in odd case',
    does: (text) =>
      text
        .replace('\r\nVia:', '\r\nV:')
        .replace('\r\nFrom:', '\r\nF:')
        .replace('\r\nTo:', '\r\nT:')
        .replace('\r\nCall-ID:', '\r\nI:')
        .replace('\r\nContent-Length:', '\r\nL:'),
  },
  { name: 'the same From twice', does: (text) => text.replace(/^From: (.*)\r\n/m, 'From: $1\r\nf: $1\r\n') },
  {
    name: 'a Max-Forwards of 1,000 digits',
    does: (text) => text.replace(/^Max-Forwards: .*$/m, `Max-Forwards: ${'9'.repeat(1_000)}`),
  },
  { name: 'empty lines before it', does: (text) => `\r\n\r\n${text}` },
];

function aliveAndWell(world: World, connections: number | undefined): void {
  world.passes(AFTERMATH_MS);
  expect([world.leftovers(), world.ledger.counts().connections]).toEqual([[], connections]);
  const vats = world.switch;
  expect([vats?.transport.counters.handlerFaults, vats?.transactions.counters.userFaults]).toEqual([0, 0]);
}

describe.each(['UDP', 'TCP'] as const)('over %s', (transport) => {
  const arrive = async (world: World): Promise<Stranger> =>
    transport === 'UDP' ? Stranger.overUdp(world) : Stranger.overTcp(world);

  for (const { name, does, udp, tcp = udp } of ATTACKS) {
    const status = transport === 'UDP' ? udp : tcp;
    scenario(
      `security 13: ${name} gets ${status ?? 'no answer'} over ${transport}, and the next request its 200`,
      { ends: [], cast: [] },
      async ({ world }) => {
        const { connections } = world.ledger.counts();
        const mallory = await arrive(world);
        mallory.says(does(rawRequest({ transport })));
        expect(mallory.hears().map((answer) => Number.parseInt(answer, 10))).toEqual(
          status === undefined ? [] : [status],
        );
        if (transport === 'TCP') await mallory.leaves();
        const again = transport === 'TCP' ? Stranger.overTcp(world) : mallory;
        expect(again.says(rawRequest({ transport })).hears()).toEqual(['200 OPTIONS']);
        await again.leaves();
        aliveAndWell(world, connections);
      },
    );
  }

  for (const { name, does } of ODDITIES) {
    scenario(`security 13: ${name}: still SIP over ${transport}`, { ends: [], cast: [] }, async ({ world }) => {
      const mallory = await arrive(world);
      expect(mallory.says(does(rawRequest({ transport }))).hears()).toEqual(['200 OPTIONS']);
      await mallory.leaves();
    });
  }
});

describe('messages that are too large', () => {
  scenario(
    'security 13: the largest datagram there is, all head or all body, is borne',
    { ends: [], cast: [] },
    async ({ world }) => {
      const { connections } = world.ledger.counts();
      const mallory = await Stranger.overUdp(world);
      const bare = rawRequest({ body: 'x'.repeat(60_000) });
      mallory.says(rawRequest({ body: 'x'.repeat(60_000 + 65_507 - bare.length) }));
      expect(mallory.hears()).toEqual(['200 OPTIONS']);
      for (const filler of ['X: 1', 'Via: a', 'a:', ' ', '', '\0', '"', '<<<<', ',,,,']) {
        const lines = times(Math.floor(64_000 / (filler.length + 2)), () => filler);
        mallory.says(`OPTIONS sip:acme.example SIP/2.0\r\n${lines.join('\r\n')}`.slice(0, 65_507));
      }
      expect(mallory.hears()).toEqual([]);
      expect(mallory.says(rawRequest()).hears()).toEqual(['200 OPTIONS']);
      await mallory.leaves();
      aliveAndWell(world, connections);
    },
  );

  scenario(
    'security 13: over TCP more than 64 KB gets 513 as soon as it is announced, and the connection ends',
    { ends: [], cast: [] },
    async ({ world }) => {
      const { connections } = world.ledger.counts();
      const body = Stranger.overTcp(world);
      body.says(rawRequest({ transport: 'TCP', length: 'Content-Length: 65536' }));
      expect([body.hears(), body.gone]).toEqual([['513 OPTIONS'], true]);
      await body.leaves();
      const head = Stranger.overTcp(world);
      const vias = times(10_000, () => 'Via: SIP/2.0/TCP a');
      head.says(rawRequest({ transport: 'TCP', lines: vias }));
      expect([head.hears().filter((answer) => !answer.startsWith('513')), head.gone]).toEqual([[], true]);
      await head.leaves();
      aliveAndWell(world, connections);
    },
  );

  scenario(
    'security 13: a head that never ends is not kept: the connection ends at 64 KB',
    { ends: [], cast: [] },
    async ({ world }) => {
      const mallory = Stranger.overTcp(world);
      mallory.says('OPTIONS sip:acme.example SIP/2.0\r\n');
      let sent = 0;
      for (; sent < 1_000 && !mallory.gone; sent++) mallory.says(`X-${sent}: ${'a'.repeat(1_000)}\r\n`);
      expect(sent).toBeLessThan(70);
      await mallory.leaves();
    },
  );
});

describe('from an account of ours', () => {
  for (const { name, does, udp } of ATTACKS) {
    scenario(
      `security 13: ${name} in an INVITE with good credentials rings nobody and leaves nothing behind`,
      { ends: [] },
      async ({ alice, bob, world }) => {
        world.passes(AFTERMATH_MS);
        const { connections } = world.ledger.counts();
        tampers(alice, (text) => (text.includes('\r\nProxy-Authorization') ? does(text) : text));
        alice.invites(bob);
        if (udp !== undefined) alice.hears(udp);
        aliveAndWell(world, connections);
        expect(world.network.sent(({ to }) => to.address === PHONES.bob.local.address)).toEqual([]);
      },
    );
  }
});
