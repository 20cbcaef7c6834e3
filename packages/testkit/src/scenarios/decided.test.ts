import { type AskDecision, type DecisionAnswer, type DecisionQuestion, recordOf, replay } from '@vats/calls';
import { beforeEach, describe, expect } from 'vitest';
import { scenario } from '../scenario.ts';
import type { World } from '../world.ts';
import { connect, end } from './acts.ts';
import { COMPANY, pbxUser } from './company.ts';

interface Asked {
  readonly url: string;
  readonly question: DecisionQuestion;
  readonly answers: (answer: DecisionAnswer) => void;
  givenUp: boolean;
}

/** What services were asked, in order. */
const asked: Asked[] = [];

const decide: AskDecision = (url, question, answers) => {
  const one: Asked = { url, question, answers, givenUp: false };
  asked.push(one);
  return () => {
    one.givenUp = true;
  };
};

const withScheme = (steps: string) => ({
  users: pbxUser(),
  decide,
  pbx: `${COMPANY.replace('channels: 10, to: "201"', 'scheme: main')}schemes: [{ name: main, open: [${steps}] }]\n`,
});
const ASKS = withScheme('{ decide: { url: "https://crm.example/next?key=s3cret", otherwise: { ring: "202" } } }');

function says(world: World, step: unknown): void {
  asked.at(-1)!.answers({ ok: true, text: typeof step === 'string' ? step : JSON.stringify(step, undefined, 2) });
  world.passes(0);
}

describe('a service that decides', () => {
  beforeEach(() => {
    asked.length = 0;
  });

  scenario(
    'is told of the call, and what it says is done',
    { ends: 'caller-hung-up', ...ASKS },
    ({ itsp, alice, world }) => {
      itsp.invites('84951234567');
      expect(asked).toMatchObject([
        {
          url: 'https://crm.example/next?key=s3cret',
          question: {
            ...{ domain: 'acme.example', from: '+79161112233', to: '84951234567', number: '+74951234567', keys: [] },
          },
        },
      ]);
      itsp.hearsNothing();
      says(world, { ring: '201' });
      connect(itsp, alice);
      end(itsp, alice);
      const record = recordOf(world.events)!;
      expect(record.explain).toContain('the service says {"ring":"201"}');
      expect(record.story).toContainEqual(expect.objectContaining({ type: 'decision.made', service: 'crm.example' }));
      expect(replay(record, world.running.model.directory)).toMatchObject({ verdict: 'same' });
      expect(JSON.stringify([world.events, world.log.lines])).not.toContain('s3cret');
    },
  );

  for (const [what, step, why] of [
    ['lies', 'certainly!', 'its answer is no JSON'],
    ['says what is no step', { dance: true }, 'its answer is no step of a scheme'],
    ['names a trunk', { ring: 'itsp' }, 'its answer names a trunk: only the outbound rules may'],
    ['asks another one', { decide: { url: 'https://10.0.0.1/' } }, 'its answer asks another service'],
    ['says too much', { play: 'a'.repeat(9_000) }, 'it answers more than 8192 octets'],
  ] as const) {
    scenario(`that ${what}: otherwise is done`, { ends: 'callee-busy', ...ASKS }, ({ itsp, bob, world }) => {
      itsp.invites('84951234567');
      says(world, step);
      bob.refuses(486);
      bob.expects('ACK');
      itsp.hears('486 INVITE');
      expect(world.events).toContainEqual(expect.objectContaining({ type: 'decision.failed', why }));
      expect(world.log.lines).toContainEqual(expect.objectContaining({ event: 'decision.failed' }));
    });
  }

  scenario(
    'that is silent is given up after its time, and its answer is nothing then',
    { ends: 'callee-busy', ...ASKS },
    ({ itsp, alice, bob, world }) => {
      itsp.invites('84951234567');
      world.passes(999);
      bob.hearsNothing();
      world.passes(1);
      expect(asked[0]?.givenUp).toBe(true);
      bob.refuses(486);
      bob.expects('ACK');
      itsp.hears('486 INVITE');
      says(world, { ring: '201' });
      alice.hearsNothing();
    },
  );

  scenario(
    'whoever gives up meanwhile has the question given up too',
    { ends: 'caller-cancelled', ...ASKS },
    ({ itsp, world, alice }) => {
      itsp.invites('84951234567');
      itsp.cancels();
      itsp.hears('200 CANCEL', '487 INVITE');
      expect(asked[0]?.givenUp).toBe(true);
      says(world, { ring: '201' });
      alice.hearsNothing();
    },
  );

  scenario(
    'may not lead where the domain’s rules do not',
    {
      ends: 'plan-ended',
      ...withScheme('{ decide: { url: "https://crm.example/" } }, { play: closed }, { hangup: normal }'),
    },
    ({ itsp, world }) => {
      itsp.invites('84951234567');
      says(world, { ring: '+77271234567' });
      itsp.hears('200 INVITE');
      const media = world.media.calls.at(-1)!;
      const play = media.commands.findLast((command) => command.do === 'play')!;
      media.emit({ kind: 'played', leg: 'a', play: play.order.id, why: 'ended', playedMs: 9 });
      itsp.expects('BYE');
      expect(recordOf(world.events)?.explain.join('\n')).toContain('+77271234567');
    },
  );
});
