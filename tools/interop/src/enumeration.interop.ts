import { setTimeout as wait } from 'node:timers/promises';
import { SeededRandom } from '@vats/kernel/testing';
import { describe, expect } from 'vitest';
import { credentials, readChallenge } from './digest-client.ts';
import { mannWhitney, median } from './mann-whitney.ts';
import { type Account, DOMAIN, NAMES, pbxFile, users } from './office.ts';
import { ownAddress } from './own-address.ts';
import { scenario } from './scenario.ts';
import type { Scene } from './scene.ts';
import { Stranger, strangersRequest } from './stranger.ts';
import { Switch } from './switch.ts';

/** Those of the 200 names that exist. */
const FEW = ['101', '117', '138', '200', '201', '256', '299'];

/** An answer without what differs between any two answers: random values, times, and the name that was asked for. */
function form(answer: string, name: string): string {
  return answer
    .replace(/nonce="([^"]*)"/g, (_, nonce: string) => `nonce of ${nonce.length}`)
    .replace(/;tag=([^;\r\n]*)/g, (_, tag: string) => `;tag of ${tag.length}`)
    .replace(/;branch=[^;\r\n]*/g, ';branch')
    .replace(/^Call-ID:.*$/gim, 'Call-ID')
    .replaceAll(`sip:${name}@`, 'sip:NAME@');
}

/** Names in front of the switch, each asked for in a request of its own. */
class Prober {
  readonly #stranger: Stranger;
  readonly #vats: Switch;
  #count = 0;

  constructor(stranger: Stranger, vats: Switch) {
    this.#stranger = stranger;
    this.#vats = vats;
  }

  ask(method: string, name: string, more: readonly string[] = []) {
    const target = this.#vats.sip;
    // As many digits for each.
    const callId = `p${100_000 + ++this.#count}`;
    const request = { method, name, domain: DOMAIN, callId, local: this.#stranger.local, target, more };
    return this.#stranger.ask(target, strangersRequest(request));
  }

  /** The line with wrong credentials by the challenge in `answer`. */
  wrong(answer: string, method: string, name: string): string {
    const challenge = readChallenge(answer);
    if (challenge === undefined) throw new Error(`no challenge in ${answer}`);
    const { address, port } = this.#vats.sip;
    const uri = `sip:${method === 'REGISTER' ? '' : `${name}@`}${address}:${port}`;
    const header = method === 'REGISTER' ? 'Authorization' : 'Proxy-Authorization';
    // All as long: the count of uses has eight digits, and the client nonce is made from it.
    return `${header}: ${credentials(challenge, { login: name, password: 'Wrong1Guess' }, method, uri).replace(/cnonce="[^"]*"/, 'cnonce="0a4f113b"')}`;
  }
}

describe('a user and a name that nobody has', () => {
  const octets = async (scene: Scene, accounts: readonly Account[], judgesWrongOnes: boolean) => {
    // Wrong passwords of one source are answered ten times only, and it may ask so often; how it is answered is looked at here.
    const rate = { perSource: '10000/s', burst: 10_000, total: '10000/s' };
    const settings = { access: { rate, ...(judgesWrongOnes && { ban: { failures: 10_000 } }) } };
    const vats = await Switch.start(scene, { pbx: pbxFile({ accounts }), settings });
    const prober = new Prober(await Stranger.open(scene, ownAddress(53)), vats);
    const exist = new Set(accounts.map(({ login }) => login));
    const forms = new Map<string, { present: Set<string>; absent: Set<string> }>();
    const note = (what: string, name: string, answer: string) => {
      const seen = forms.get(what) ?? { present: new Set<string>(), absent: new Set<string>() };
      forms.set(what, seen);
      seen[exist.has(name) ? 'present' : 'absent'].add(form(answer, name));
    };
    for (const name of NAMES) {
      for (const method of ['REGISTER', 'INVITE', 'OPTIONS', 'SUBSCRIBE', 'MESSAGE', 'BYE']) {
        const { text } = await prober.ask(method, name);
        note(method, name, text);
        if (!judgesWrongOnes || readChallenge(text) === undefined) continue;
        note(
          `${method} with a wrong password`,
          name,
          (await prober.ask(method, name, [prober.wrong(text, method, name)])).text,
        );
      }
    }
    const failures = (await vats.status()).sip.authenticationFailures;
    await vats.idle();
    return { forms, failures };
  };

  scenario('get the same octets, with and without a wrong password', { needs: [] }, async (scene) => {
    const { forms, failures } = await octets(scene, users(FEW), true);
    expect(forms.size).toBe(10);
    for (const [what, { present, absent }] of forms) {
      expect([what, ...present]).toEqual([what, ...absent]);
      expect([what, present.size]).toEqual([what, 1]);
    }
    expect([...(forms.get('REGISTER')?.absent ?? [])][0]).toMatch(/^SIP\/2\.0 401 /);
    // All of them were judged.
    expect(failures).toBe(NAMES.length * 4);
  });

  scenario('are both asked for either digest where some accounts have an own one', { needs: [] }, async (scene) => {
    const half = NAMES.filter((_, i) => i % 4 === 0);
    const accounts = users(half).map((user, i) => (i % 2 === 0 ? { ...user, digest: 'sha256' as const } : user));
    const { forms } = await octets(scene, accounts, false);
    for (const [what, { present, absent }] of forms) {
      expect([what, ...[...present].sort()]).toEqual([what, ...[...absent].sort()]);
    }
    expect(forms.get('REGISTER')?.absent.size).toBe(2);
  });

  scenario('get it as fast', { needs: [], seconds: 240 }, async (scene) => {
    const present = NAMES.filter((_, i) => i % 2 === 0);
    const absent = NAMES.filter((_, i) => i % 2 === 1);
    const vats = await Switch.start(scene, {
      pbx: pbxFile({ accounts: users(present) }),
      // Else ten wrong passwords would end it.
      settings: { access: { ban: { failures: 10_000 } }, log: { level: 'warn', format: 'json' } },
    });
    const probers: Prober[] = [];
    for (let i = 0; i < 8; i++) {
      // Next to each other: what one source may send without good credentials is not what is looked at.
      const address = ownAddress(54 + i);
      probers.push(new Prober(await Stranger.open(scene, address), vats));
    }
    const random = new SeededRandom(20_261_127);
    const kinds = ['challenge', 'wrong password'] as const;
    const round = async (pairs: number) => {
      const waits = { challenge: [[], []] as number[][], 'wrong password': [[], []] as number[][] };
      for (let i = 0; i < pairs; i++) {
        const prober = probers[i % probers.length]!;
        const order = random.below(2);
        for (const side of [order, 1 - order]) {
          const name = [present, absent][side]![i % 100]!;
          const first = await prober.ask('REGISTER', name);
          const second = await prober.ask('REGISTER', name, [prober.wrong(first.text, 'REGISTER', name)]);
          waits.challenge[side]!.push(first.milliseconds);
          waits['wrong password'][side]!.push(second.milliseconds);
          await wait(1);
        }
      }
      return waits;
    };
    await round(200);
    // A busy neighbour makes single answers late, for either side alike. What tells them apart would do so again and again, in
    // the same direction: each round by chance in one of 2,000, three rounds in one of 10^10.
    const signs = new Map<string, number[]>(kinds.map((kind) => [kind, []]));
    for (let tried = 0; tried < 3; tried++) {
      const waits = await round(1_000);
      let told = false;
      for (const kind of kinds) {
        const [is, isNot] = waits[kind] as [number[], number[]];
        const { z, p } = mannWhitney(is, isNot);
        told ||= p < 0.001;
        signs.get(kind)?.push(p < 0.001 ? Math.sign(z) : 0);
        // The least delay for one side that would have been seen.
        const seen = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5].find(
          (more) =>
            mannWhitney(
              is.map((value) => value + more),
              isNot,
            ).p < 0.001,
        );
        console.info(
          `${kind}: medians ${median(is).toFixed(4)} and ${median(isNot).toFixed(4)} ms, p = ${p.toFixed(4)}; ${seen} ms more would show`,
        );
        expect(seen, `${kind}: no delay would be seen on this machine`).toBeDefined();
      }
      if (!told) break;
    }
    for (const [kind, found] of signs) {
      const same = found.length === 3 && found.every((sign) => sign !== 0 && sign === found[0]);
      expect(same, `${kind}: a user's answer takes another time than nobody's (${found})`).toBe(false);
    }
    const { access } = await vats.status();
    expect({ bans: access.bans, overRate: access.counters.overRate, overTotal: access.counters.overTotal }).toEqual({
      bans: 0,
      overRate: 0,
      overTotal: 0,
    });
    await vats.idle();
  });
});
