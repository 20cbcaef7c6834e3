import { FakeClock, SeededRandom } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { DigestClient, DigestServer, storedHa1 } from '../digest/index.ts';
import { MemoryNetwork } from '../testing/memory-network.ts';
import { Recorder } from './testing/recorder.ts';
import { PHONE, Stack, SWITCH } from './testing/world.ts';

const CALLS = 150;
const REALM = 'operator.example';
const ACCOUNT = { username: 'anna', password: 'secret' };

test.each([
  [0, 0, 1],
  [0.05, 300, 2],
  [0.3, 0, 3],
  [0.5, 300, 4],
])(
  'an operator that challenges, %d lost, up to %i ms late, seed %i: every call ends once on both sides, and nothing is left',
  async (rate, spread, seed) => {
    const clock = new FakeClock();
    const random = new SeededRandom(seed);
    const net = new MemoryNetwork(clock);
    Object.defineProperty(net, 'latency', { get: () => 20 + random.below(spread + 1) });
    const ours = new Stack(clock, net.host(SWITCH.address), 100 + seed);
    const operator = new Stack(clock, net.host(PHONE.address), 200 + seed);
    await ours.transport.listen({ transport: 'udp', endpoint: SWITCH });
    await operator.transport.listen({ transport: 'udp', endpoint: PHONE });
    net.lose(rate, random);
    const server = new DigestServer({ clock, random, secret: Buffer.alloc(32, seed), nonceLifetime: 20_000 });
    const credentials = new DigestClient({
      ...ACCOUNT,
      random,
      isPeer: ({ address }) => address === PHONE.address,
    });
    const callees: Recorder[] = [];
    const soon = (act: () => void): void => void clock.after(random.below(4_000), act);

    operator.dialogs.outOfDialog = (request, flow) => {
      const asked = {
        realm: REALM,
        source: SWITCH.address,
        port: SWITCH.port,
        algorithms: ['SHA-256', 'MD5'],
      } as const;
      const found = server.credentialsOf(request, REALM, 'uas');
      const ha1 = storedHa1(ACCOUNT.username, REALM, ACCOUNT.password);
      const { outcome } = server.verify(request, found, { ...asked, ha1 });
      if (outcome !== 'good') {
        const headers = server.challenge({ ...asked, challenger: 'uas', stale: outcome === 'stale' });
        operator.transactions.replyStatelessly(request, flow, { status: 401, headers });
        return;
      }
      const callee = new Recorder();
      callees.push(callee);
      callee.whenAnswered = (session) => soon(() => session.bye());
      const invite = operator.dialogs.incomingInvite(request, flow, callee);
      soon(() => invite.progress(180));
      soon(() => {
        if (invite.answered) return;
        if (random.below(4) === 0) invite.reject(486);
        else callee.session = invite.accept({ sdp: 'theirs' });
      });
    };

    const callers: Recorder[] = [];
    for (let call = 0; call < CALLS; call++) {
      const caller = new Recorder();
      callers.push(caller);
      caller.whenAnswered = (session) => soon(() => session.bye());
      const invite = ours.call(caller, { sdp: 'ours', credentials });
      // A final response may be lost for good; how long it may ring is the call's to say.
      clock.after(60_000, () => invite.cancel());
      if (random.below(3) === 0) clock.after(random.below(200), () => invite.cancel());
      clock.advance(random.below(700));
    }
    clock.advance(600_000);
    const ends = callers.map(({ events }) => events.filter((event) => /^(answer|failure)/.test(event)));
    expect(ends.filter((each) => each.length !== 1)).toEqual([]);
    expect(ends.filter(([end]) => end?.startsWith('failure 401'))).toEqual([]);
    expect([...callers, ...callees].filter(({ session }) => session?.ended === false)).toEqual([]);
    if (rate < 0.1) expect(ends.filter(([end]) => end === 'answer').length).toBeGreaterThan(CALLS / 3);
    expect([...ours.leftovers(), ...operator.leftovers()]).toEqual([]);
  },
);
