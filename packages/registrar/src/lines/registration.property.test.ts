import type { ReplyDraft, SipRequest } from '@vats/sip';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { callIdOf, cseqOf, ITSP, LinesBench, OPERATOR } from './testing/lines-bench.ts';

/** What an operator does to the next REGISTERs; `silent` answers nothing. */
const behaviour = fc.oneof(
  fc.constantFrom('serve', 'silent', 'silent', 'challenge', 'garbage-contact', 'short') as fc.Arbitrary<string>,
  fc.constantFrom('403', '404', '408', '423', '480', '500', '503', '600', '302'),
);
const happening = fc.oneof(
  { weight: 5, arbitrary: fc.record({ does: behaviour, seconds: fc.integer({ min: 0, max: 400 }) }) },
  { weight: 2, arbitrary: fc.record({ happens: fc.constantFrom('vanish', 'back', 'password', 'forget', 'same') }) },
);

function replyFor(does: string, request: SipRequest, serve: () => ReplyDraft): ReplyDraft | undefined {
  switch (does) {
    case 'serve':
      return serve();
    case 'silent':
      return undefined;
    case 'challenge':
      return {
        status: 401,
        headers: [['WWW-Authenticate', `Digest realm="operator.example", nonce="n${cseqOf(request)}"`]],
      };
    case 'garbage-contact':
      return { status: 200, headers: [['Contact', '<sip:somebody@203.0.113.1>;expires=0']] };
    case 'short':
      return { status: 200, headers: [['Expires', '1']] };
    case '423':
      return { status: 423, headers: [['Min-Expires', String(120 + cseqOf(request) * 30)]] };
    default:
      return { status: Number(does), headers: [['Retry-After', '30']] };
  }
}

/** REGISTERs of one Call-ID, and of those that were sent and neither answered nor given up the most at any time. */
function atOnce(bench: LinesBench): number {
  let open = new Map<string, number>();
  let most = 0;
  for (const { octets, description, at, from } of bench.network.wire) {
    const text = octets.toString('latin1');
    const branch = /branch=([^;\r]+)/.exec(text)?.[1] ?? '';
    if (description === 'REGISTER' && from.address !== OPERATOR.address) {
      // Timer F: nobody waits longer.
      open = new Map([...open].filter(([, since]) => at - since < 32_000));
      if (!open.has(branch)) open.set(branch, at);
      most = Math.max(most, open.size);
    } else if (/^\d{3} REGISTER$/.test(description) && !description.startsWith('1')) open.delete(branch);
  }
  return most;
}

// 60 runs of at most 25 happenings and 400 s each: some three hours of an operator's bad day a run.
test('whatever the operator does, one REGISTER at a time goes out, and the line never stops trying (RFC 3261 §10.2)', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { maxLength: 25 }), fc.integer(), async (story, seed) => {
      const bench = await LinesBench.open(seed);
      const operator = await bench.operator();
      let password = 's3cret';
      const register = () => ({ ...ITSP, register: { ...ITSP.register!, password } });
      bench.use(register());
      for (const each of story) {
        if ('does' in each) {
          operator.register = (request, self) => replyFor(each.does, request, () => self.serve(request));
          bench.passes(each.seconds);
        } else if (each.happens === 'vanish') bench.network.vanish(OPERATOR.address);
        else if (each.happens === 'back') bench.network.comeBack(OPERATOR.address);
        else if (each.happens === 'forget') operator.forget();
        else {
          if (each.happens === 'password') password = operator.password = `p${seed}${bench.clock.monotonic()}`;
          bench.use(register());
        }
        expect(bench.line().isTrying).toBe(true);
      }
      expect(atOnce(bench)).toBeLessThanOrEqual(1);
      const all = operator.requests('REGISTER');
      expect(new Set(all.map(callIdOf)).size).toBeLessThanOrEqual(1);
      for (const [at, request] of all.entries())
        if (at > 0) expect(cseqOf(request)).toBeGreaterThan(cseqOf(all[at - 1]!));
      // Whatever was: an operator that behaves again has us back within the longest rest and one time-out.
      bench.network.comeBack(OPERATOR.address);
      operator.register = undefined;
      bench.passes(660);
      expect(bench.state).toBe('registered');
      // One that forgot us within a long grant is refreshed before that is over.
      bench.passes(((bench.line().status().until ?? 0) - bench.clock.now()) / 1000);
      expect(operator.bindings.has(bench.line().contactUser!)).toBe(true);
      expect(await bench.close()).toEqual([]);
    }),
    {
      numRuns: 60,
      examples: [[[{ does: 'serve', seconds: 61 }, { happens: 'vanish' }, { does: '403', seconds: 92 }], 2037318031]],
    },
  );
});
