import { describe, expect } from 'vitest';
import {
  phoneRequests,
  requestLine,
  shared,
  type TortureMessage,
  tortureMessages,
  viaPort,
  withHeader,
} from './corpus.ts';
import { credentials, readChallenge } from './digest-client.ts';
import { type Account, pbxFile } from './office.ts';
import { ownAddress } from './own-address.ts';
import { exchangeOverTcp, header, RawUdpPeer, statusOf } from './raw-peer.ts';
import { scenario } from './scenario.ts';
import type { Scene } from './scene.ts';
import { Switch } from './switch.ts';
import { fault } from './verdict.ts';

const PEER = ownAddress(48);

/** Users whom the corpus' REGISTERs name, so that with credentials they can succeed. */
const ACCOUNTS: readonly Account[] = ['user', 'watson', 'j.user'].map((login, i) => ({
  extension: String(301 + i),
  name: login,
  login,
  password: 'Tt4rTu5R',
}));

/** Over TCP these leave no way to tell where the next message begins, or end inside the message. */
const UNFRAMED = new Set(['clerr', 'ncl', 'mcl01', 'inv2543', 'baddn']);

const finals = (answers: readonly string[]) =>
  answers.map((answer) => statusOf(answer) ?? 0).filter((status) => status >= 200);

/** The account that a REGISTER is about; undefined when it is about nobody here. */
function accountOf(octets: Buffer): Account | undefined {
  const user = /^(?:to|t)[ \t]*:.*sip:([^@]*)@/im.exec(octets.toString('latin1'))?.[1];
  return ACCOUNTS.find(({ login }) => login === user);
}

let retries = 0;

/** A request that is sent again is a new transaction, so its branch is new; several messages of the corpus share one. */
function withNewBranch(octets: Buffer): Buffer {
  const text = octets.toString('latin1').replace(/branch=z9hG4bK[^;,\s]+/, `$&.${++retries}`);
  return Buffer.from(text, 'latin1');
}

/** The message again, with the credentials that `answers` ask for; undefined when they ask for none. */
function authorized(message: TortureMessage, answers: readonly string[]): Buffer | undefined {
  const challenged = answers.find((answer) => readChallenge(answer) !== undefined);
  const challenge = challenged && readChallenge(challenged);
  if (!challenge) return undefined;
  const { method, uri } = requestLine(message.octets);
  const account = accountOf(message.octets) ?? (ACCOUNTS[0] as Account);
  const name = statusOf(challenged) === 407 ? 'Proxy-Authorization' : 'Authorization';
  return withHeader(withNewBranch(message.octets), name, credentials(challenge, account, method, uri));
}

/** What fits beside the corpus' codes because of where this switch stands. */
function alsoFits(message: TortureMessage): number[] {
  // A back-to-back user agent passes the INVITE on, and nobody is registered to say 406.
  if (message.name === 'sdp01') return [480];
  // Good credentials of one user allow no registration for another.
  if (requestLine(message.octets).method === 'REGISTER' && accountOf(message.octets) === undefined) return [403];
  return [];
}

function judged(message: TortureMessage, answers: readonly string[], authenticated: boolean): string[] {
  const codes = message.codes && [...message.codes, ...(authenticated ? alsoFits(message) : [])];
  const why = fault({ ...message, ...(codes && { codes }) }, finals(answers), authenticated);
  return why === undefined ? [] : [`${message.name} (§${message.section}): ${why}`];
}

function viaPorts(messages: readonly { readonly octets: Buffer }[]): number[] {
  return messages.map(({ octets }) => viaPort(octets)).filter((port) => port !== undefined);
}

async function start(scene: Scene): Promise<Switch> {
  return await Switch.start(scene, { pbx: pbxFile({ domain: 'example.com', accounts: ACCOUNTS }) });
}

function corpus(path: string): string {
  const folder = shared(path);
  if (folder === undefined) throw new Error(`the corpus is not beside the repository: no ${path}`);
  return folder;
}

// In CI the corpus is promised; a checkout that stands alone goes without.
describe.skipIf(!process.env.CI && shared('corpus') === undefined)(
  'messages that nobody should send, and some that phones do',
  () => {
    for (const authenticated of [false, true]) {
      const how = authenticated ? 'with credentials' : 'without credentials';

      scenario(`RFC 4475 over UDP, ${how}`, { needs: ['root'], seconds: 240 }, async (scene) => {
        const messages = tortureMessages(corpus('corpus'));
        const vats = await start(scene);
        const peer = await RawUdpPeer.open(scene, PEER, viaPorts(messages), vats.sip);
        const faults: string[] = [];
        for (const message of messages) {
          const answered = message.kind === 'request';
          let answers = await peer.exchange(message.octets, answered);
          const again = authenticated && authorized(message, answers);
          if (again) answers = await peer.exchange(again, answered);
          faults.push(...judged(message, answers, authenticated));
        }
        expect(faults).toEqual([]);
        await vats.idle();
      });

      scenario(`RFC 4475 over TCP, ${how}`, { needs: [], seconds: 240 }, async (scene) => {
        const vats = await start(scene);
        const faults: string[] = [];
        for (const message of tortureMessages(corpus('corpus'))) {
          if (UNFRAMED.has(message.name)) continue;
          // Two messages and some octets too many, for which the switch closes the connection: a 200 that waits for the
          // disk would come too late, and nothing can follow. Both are answered at once when they lack credentials.
          const twins = message.name === 'dblreq';
          if (twins && authenticated) continue;
          const wait = { answered: message.kind === 'request', pinged: !twins, milliseconds: twins ? 1_500 : 3_000 };
          let { answers, ponged } = await exchangeOverTcp(vats.sip, message.octets, wait);
          const again = authenticated && authorized(message, answers);
          if (again) ({ answers, ponged } = await exchangeOverTcp(vats.sip, again, wait));
          if (twins) answers = answers.filter((answer) => /REGISTER/.test(header(answer, 'CSeq') ?? ''));
          faults.push(...judged(message, answers, authenticated));
          if (!ponged && !twins) faults.push(`${message.name}: the message behind it was lost`);
        }
        expect(faults).toEqual([]);
        await vats.idle();
      });
    }

    scenario(
      'RFC 4475 over TCP: what cannot be framed ends the connection',
      { needs: [], seconds: 120 },
      async (scene) => {
        const vats = await start(scene);
        const unframed = tortureMessages(corpus('corpus')).filter(({ name }) => UNFRAMED.has(name));
        const ends = await Promise.all(
          unframed.map(async ({ name, octets }) => {
            const wait = { answered: false, pinged: false, milliseconds: 90_000 };
            const { answers, closed } = await exchangeOverTcp(vats.sip, octets, wait);
            return { name, closed, finals: finals(answers).filter((status) => status !== 400) };
          }),
        );
        expect(ends).toEqual(unframed.map(({ name }) => ({ name, closed: true, finals: [] })));
        await vats.idle();
      },
    );

    scenario(
      'requests of real phones get an answer, and neither 400 nor 500',
      { needs: ['root'], seconds: 240 },
      async (scene) => {
        const requests = phoneRequests(corpus('corpus/phones'));
        const vats = await start(scene);
        const peer = await RawUdpPeer.open(scene, PEER, viaPorts(requests), vats.sip);
        const faults: string[] = [];
        for (const { file, method, octets } of requests) {
          // An ACK is never answered (RFC 3261 §17), nor is a scanner that gives its name.
          const silent = method === 'ACK' || file.startsWith('friendly-scanner');
          const statuses = finals(await peer.exchange(octets, !silent));
          const good = silent === (statuses.length === 0);
          if (!good || statuses.some((status) => status === 400 || status === 500)) {
            faults.push(`${file}: ${statuses.join(', ') || 'silence'}`);
          }
        }
        expect(faults).toEqual([]);
        await vats.idle();
      },
    );
  },
);
