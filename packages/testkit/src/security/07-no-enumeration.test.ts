import { describe, expect, vi } from 'vitest';
import { scenario } from '../scenario.ts';
import { challengingWith, type World } from '../world.ts';
import { challengeIn, credentialsFor } from './credentials.ts';
import { rawRequest, Stranger } from './stranger.ts';

/** How often anything was hashed: what a wrong password costs us, counted and not timed. */
const hashed = vi.hoisted(() => ({ times: 0 }));
vi.mock('node:crypto', async (original) => {
  const crypto = await original<typeof import('node:crypto')>();
  const hash = (...of: Parameters<typeof crypto.hash>): ReturnType<typeof crypto.hash> => {
    hashed.times++;
    return crypto.hash(...of);
  };
  return { ...crypto, default: { ...crypto, hash }, hash };
});

/** Two names of one length each, the one in use and the other not: whatever differs in the answers then tells them apart. */
const NAMES = [
  ['alice', 'aloce', 'a login whose phone is registered'],
  ['nobody', 'nobidy', 'a login without a phone'],
  ['201', '291', 'an extension'],
  ['alice@acme.example', 'aloce@acme.example', 'a login with its domain'],
] as const;

const METHODS = ['REGISTER', 'INVITE'] as const;

interface Probe {
  readonly method: (typeof METHODS)[number];
  readonly name: string;
  readonly dialled?: string;
}

/** All parts that a prober chooses are the same for every name. */
function request({ method, name, dialled = '202' }: Probe, lines: readonly string[] = []): string {
  const aor = name.includes('@') ? `sip:${name}` : `sip:${name}@acme.example`;
  return rawRequest({
    method,
    uri: uriOf(method, dialled),
    from: `<${aor}>;tag=m1`,
    to: method === 'REGISTER' ? `<${aor}>` : `<sip:${dialled}@acme.example>`,
    callId: 'probe',
    branch: 'z9hG4bKprobe',
    lines: ['Contact: <sip:m@203.0.113.66:5066>', ...lines],
  });
}

function uriOf(method: string, dialled: string): string {
  return method === 'REGISTER' ? 'sip:acme.example' : `sip:${dialled}@acme.example`;
}

/** The octets of the answer to a probe, without what is random: names, the nonce, our tag. */
async function answered(world: World, probe: Probe, kind: 'bare' | 'wrong password') {
  const mallory = await Stranger.overUdp(world);
  mallory.says(request(probe));
  let text = request(probe);
  if (kind === 'wrong password') {
    const { method, name, dialled = '202' } = probe;
    const { realm, nonce } = challengeIn(mallory.last);
    const uri = uriOf(method, dialled);
    const wrong = { login: name, password: 'Guess1234', realm, nonce, method, uri };
    text = request(probe, [credentialsFor(wrong).join(': ')]);
  }
  hashed.times = 0;
  mallory.says(text);
  const work = hashed.times;
  expect(mallory.heard).toHaveLength(2);
  await mallory.leaves();
  const octets = mallory.last.bytes
    .toString('latin1')
    .replaceAll(probe.name, '*'.repeat(probe.name.length))
    .replace(/nonce="[^"]*"/g, (nonce) => '*'.repeat(nonce.length))
    .replace(/^(To: .*;tag=)(\S+)/m, (_, before, tag) => before + '*'.repeat(tag.length));
  return { octets, work };
}

describe.each(['md5', 'both', 'sha256'] as const)('a switch that asks for %s', (digest) => {
  for (const method of METHODS) {
    for (const kind of ['bare', 'wrong password'] as const) {
      for (const [known, unknown, what] of NAMES) {
        scenario(
          `security 7: an existing and an absent user get the same octets for the same work: ${method}, ${kind}, ${what}`,
          { ends: [], cast: ['alice'], settings: challengingWith(digest) },
          async ({ world }) => {
            const existing = await answered(world, { method, name: known }, kind);
            const absent = await answered(world, { method, name: unknown }, kind);
            expect(absent.octets).toBe(existing.octets);
            expect(existing.octets).toMatch(method === 'REGISTER' ? /^SIP\/2.0 401 / : /^SIP\/2.0 407 /);
            expect(absent.work).toBe(existing.work);
            expect(existing.work).toBeGreaterThan(0);
          },
        );
      }
    }
  }
});

scenario(
  'security 7: who is dialled does not show before the caller has proven himself',
  { ends: [], cast: ['bob'] },
  async ({ world }) => {
    const shapes = [];
    for (const dialled of ['202', '209', '299', 'bob', 'eob', '*43']) {
      const { octets, work } = await answered(world, { method: 'INVITE', name: 'alice', dialled }, 'bare');
      shapes.push(`${work} ${octets.replaceAll(`sip:${dialled}@`, 'sip:*@')}`);
    }
    expect(new Set(shapes).size).toBe(1);
  },
);
