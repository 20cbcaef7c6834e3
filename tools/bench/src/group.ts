import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { Scene, Switch } from '@vats/interop';
import { UdpPhone } from './group/udp-phone.ts';
import { cpuSeconds } from './load/process-cost.ts';
import { CORES, circumstances } from './load/report.ts';

/*
 * How soon a group rings: from the caller's INVITE (with credentials) on its way into the switch, a process of its own, to the first and to
 * the last member's INVITE, over UDP on the loopback. Beside it, in the same run: how long it takes to send as many datagrams to as many
 * sockets and hear them all, which is what sockets and the machine cost without any switch.
 *
 *   node tools/bench/src/group.ts [--members 50] [--calls 100]
 */

const { values: flags } = parseArgs({
  options: { members: { type: 'string', default: '50' }, calls: { type: 'string', default: '100' } },
});
const MEMBERS = Number(flags.members);
const CALLS = Number(flags.calls);
/** Before the first that counts. */
const WARM_UP = 20;
const DOMAIN = 'office.example';
const PASSWORD = 'Vf5kNm7Z';
const HERE = '127.0.0.1';
const GROUP = '600';
const DATAGRAM = Buffer.alloc(1_000, 'x');

const scene = new Scene('bench-group');
try {
  const members = Array.from({ length: MEMBERS }, (_, i) => ({ extension: String(1_000 + i), login: `phone${i}` }));
  const users = [{ extension: '201', login: 'caller' }, ...members];
  const pbx = {
    domain: DOMAIN,
    users: users.map(({ extension, login }) => ({ extension, name: login, devices: [{ login, password: PASSWORD }] })),
    groups: [{ extension: GROUP, name: 'Sales', members: members.map(({ extension }) => extension) }],
  };
  const vats = await Switch.start(scene, {
    ...(CORES.peer === undefined ? {} : { place: { prefix: ['taskset', '-c', String(CORES.peer)] } }),
    pbx: JSON.stringify(pbx),
    mediaPorts: '10000-44999',
    settings: { log: { level: 'warn', format: 'json' } },
  });
  const open = (login: string) => UdpPhone.open(login, PASSWORD, DOMAIN, HERE, vats.sip);
  const caller = await open('caller');
  const phones = await Promise.all(members.map(({ login }) => open(login)));
  for (const phone of [caller, ...phones]) await phone.register();
  const times = { first: [] as number[], last: [] as number[], bare: [] as number[] };
  let used = 0;
  for (let call = -WARM_UP; call < CALLS; call++) {
    const before = cpuSeconds(vats.pid);
    const [first, last] = await ring(caller, phones);
    const bare = await datagrams();
    if (call < 0) continue;
    used += cpuSeconds(vats.pid) - before;
    times.first.push(first);
    times.last.push(last);
    times.bare.push(bare);
  }
  console.log(circumstances());
  console.log(`${CALLS} calls to a group of ${MEMBERS}; ms: p50, p99, most`);
  row(`the caller's INVITE to the first member's`, times.first);
  row(`the caller's INVITE to the last member's`, times.last);
  row(`as many datagrams of 1,000 octets, no switch`, times.bare);
  console.log(`CPU of the switch for such a call and its end: ${((used / CALLS) * 1_000).toFixed(0)} ms`);
  for (const phone of [caller, ...phones]) phone.close();
} finally {
  await scene.close();
}

/** One call that rings everybody and is cancelled. Answers after how many ms the first and the last INVITE came. */
async function ring(caller: UdpPhone, phones: readonly UdpPhone[]): Promise<readonly [number, number]> {
  const heard: bigint[] = [];
  const gone = { count: 0 };
  const over = Promise.withResolvers<void>();
  const all = Promise.withResolvers<void>();
  const invites: [UdpPhone, string][] = [];
  for (const phone of phones) {
    const seen = new Set<string>();
    phone.hear = (text, at) => {
      const kind = text.slice(0, text.indexOf(' '));
      if (kind === 'ACK' && ++gone.count === phones.length) over.resolve();
      if (kind === 'CANCEL') phone.answer(text);
      if (kind !== 'INVITE' || seen.has(kind)) return;
      seen.add(kind);
      heard.push(at);
      // Answered when all have come: the bench must not wait for itself.
      invites.push([phone, text]);
      if (heard.length === phones.length) all.resolve();
    };
  }
  const { sentAt, cancel } = await caller.invite(GROUP);
  await all.promise;
  for (const [phone, text] of invites) phone.answer(text);
  await caller.next('SIP/2.0 180');
  await cancel();
  await over.promise;
  const after = (at: bigint | undefined): number => Number((at ?? sentAt) - sentAt) / 1e6;
  return [after(heard[0]), after(heard.at(-1))];
}

/** From the first datagram's sending to the last one's coming. */
async function datagrams(): Promise<number> {
  const sockets = await Promise.all(
    Array.from({ length: MEMBERS }, async () => {
      const socket = createSocket('udp4').bind(0, HERE);
      await once(socket, 'listening');
      return socket;
    }),
  );
  const sender = createSocket('udp4').bind(0, HERE);
  await once(sender, 'listening');
  const came = Promise.all(sockets.map((socket) => once(socket, 'message')));
  const began = performance.now();
  for (const socket of sockets) sender.send(DATAGRAM, socket.address().port, HERE);
  await came;
  const took = performance.now() - began;
  for (const socket of [sender, ...sockets]) socket.close();
  return took;
}

function row(name: string, values: number[]): void {
  values.sort((a, b) => a - b);
  const at = (share: number): string => (values[Math.floor(values.length * share)] ?? 0).toFixed(1).padStart(7);
  console.log(`${name.padEnd(46)} ${at(0.5)} ${at(0.99)} ${(values.at(-1) ?? 0).toFixed(1).padStart(7)}`);
}
