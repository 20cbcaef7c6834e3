import { everyPair } from '@vats/kernel/testing';
import type { ReplyDraft } from '@vats/sip';
import { expect, test } from 'vitest';
import type { RegistrationState } from './registration-parts.ts';
import { ITSP, LinesBench } from './testing/lines-bench.ts';
import type { ScriptedOperator } from './testing/scripted-operator.ts';

interface Scene {
  readonly bench: LinesBench;
  readonly operator: ScriptedOperator;
}

const SILENCE = () => undefined;
const always = (reply: ReplyDraft) => () => reply;

/** How a line comes into each state. */
const STATES: Record<RegistrationState, (scene: Scene) => void> = {
  registering: ({ bench, operator }) => {
    operator.register = SILENCE;
    bench.use(ITSP);
  },
  registered: ({ bench }) => bench.use(ITSP),
  rejected: ({ bench, operator }) => {
    operator.register = always({ status: 403 });
    bench.use(ITSP);
  },
  unreachable: ({ bench, operator }) => {
    operator.register = always({ status: 503 });
    bench.use(ITSP);
  },
  ended: ({ bench }) => {
    bench.use(ITSP);
    bench.use();
  },
};

/** For the next ten minutes. */
const answers =
  (script: ScriptedOperator['register']) =>
  ({ operator }: Scene): void => {
    operator.register = script;
  };

const EVENTS: Record<string, (scene: Scene) => void> = {
  'is granted': answers(undefined),
  'gets 401 to right credentials': ({ operator }) => {
    operator.register = undefined;
    operator.password = 'another';
  },
  'gets 403': answers(always({ status: 403 })),
  'gets 423 that wants 600 s': answers((request) =>
    Number(request.value('Expires')) < 600
      ? { status: 423, headers: [['Min-Expires', '600']] }
      : { status: 200, headers: [['Expires', request.value('Expires')!]] },
  ),
  'gets 423 without end': answers((request) => ({
    status: 423,
    headers: [['Min-Expires', String(Number(request.value('Expires')) + 60)]],
  })),
  'gets 503': answers(always({ status: 503 })),
  'gets 503 with Retry-After': answers(always({ status: 503, headers: [['Retry-After', '120']] })),
  'gets 302': answers(always({ status: 302, headers: [['Contact', '<sip:203.0.113.5>']] })),
  'hears nothing': answers(SILENCE),
  'is taken away': ({ bench }) => bench.use(),
  'is changed': ({ bench }) => bench.use({ ...ITSP, register: { ...ITSP.register!, expires: 600_000 } }),
};

/** What is told in ten minutes, how often the operator was asked, and what the line is then. */
async function outcomeOf(state: string, event: string): Promise<string> {
  const bench = await LinesBench.open();
  const operator = await bench.operator();
  const scene = { bench, operator };
  STATES[state as RegistrationState](scene);
  bench.happened();
  const before = operator.requests('REGISTER').length;
  EVENTS[event]!(scene);
  bench.passes(600);
  const told = bench.happened();
  const asked = operator.requests('REGISTER').length - before;
  const now = bench.lines.of('d1', 'itsp')?.status().state ?? 'gone';
  operator.register = undefined;
  const left = await bench.close();
  const how = [`${now}`, ...told.map((each) => `told ${each}`), `asked ${asked}`];
  return [...how, ...left.map((each) => `LEFT ${each}`)].join(', ');
}

/** What comes of each pair within ten minutes. */
const TABLE = `
registering | is granted | registered, told unreachable no answer within 32 s, told registered 200, asked 9
registering | gets 401 to right credentials | rejected, told unreachable no answer within 32 s, told rejected 401, asked 4
registering | gets 403 | rejected, told unreachable no answer within 32 s, told rejected 403, asked 2
registering | gets 423 that wants 600 s | registered, told unreachable no answer within 32 s, told registered 200, asked 3
registering | gets 423 without end | rejected, told unreachable no answer within 32 s, told rejected 423, asked 24
registering | gets 503 | unreachable, told unreachable no answer within 32 s, asked 8
registering | gets 503 with Retry-After | unreachable, told unreachable no answer within 32 s, asked 5
registering | gets 302 | rejected, told unreachable no answer within 32 s, told rejected 302, asked 8
registering | hears nothing | unreachable, told unreachable no answer within 32 s, asked 7
registering | is taken away | gone, asked 0
registering | is changed | unreachable, told unreachable no answer within 32 s, asked 8
registered | is granted | registered, asked 8
registered | gets 401 to right credentials | rejected, told rejected 401, asked 2
registered | gets 403 | rejected, told rejected 403, asked 2
registered | gets 423 that wants 600 s | registered, asked 3
registered | gets 423 without end | rejected, told rejected 423, asked 27
registered | gets 503 | unreachable, told unreachable 503, asked 9
registered | gets 503 with Retry-After | unreachable, told unreachable 503, asked 5
registered | gets 302 | rejected, told rejected 302, asked 9
registered | hears nothing | unreachable, told unreachable no answer within 32 s, asked 8
registered | is taken away | gone, asked 1
registered | is changed | registered, told registered 200, asked 5
rejected | is granted | registered, told registered 200, asked 4
rejected | gets 401 to right credentials | rejected, told rejected 401, asked 2
rejected | gets 403 | rejected, asked 1
rejected | gets 423 that wants 600 s | registered, told registered 200, asked 2
rejected | gets 423 without end | rejected, told rejected 423, asked 21
rejected | gets 503 | unreachable, told unreachable 503, asked 7
rejected | gets 503 with Retry-After | unreachable, told unreachable 503, asked 2
rejected | gets 302 | rejected, told rejected 302, asked 7
rejected | hears nothing | unreachable, told unreachable no answer within 32 s, asked 5
rejected | is taken away | gone, asked 0
rejected | is changed | rejected, told rejected 403, asked 2
unreachable | is granted | registered, told registered 200, asked 10
unreachable | gets 401 to right credentials | rejected, told rejected 401, asked 4
unreachable | gets 403 | rejected, told rejected 403, asked 2
unreachable | gets 423 that wants 600 s | registered, told registered 200, asked 3
unreachable | gets 423 without end | rejected, told rejected 423, asked 24
unreachable | gets 503 | unreachable, asked 8
unreachable | gets 503 with Retry-After | unreachable, asked 5
unreachable | gets 302 | rejected, told rejected 302, asked 8
unreachable | hears nothing | unreachable, asked 7
unreachable | is taken away | gone, asked 0
unreachable | is changed | unreachable, told unreachable 503, asked 9
ended | is granted | gone, asked 0
ended | gets 401 to right credentials | gone, asked 0
ended | gets 403 | gone, asked 0
ended | gets 423 that wants 600 s | gone, asked 0
ended | gets 423 without end | gone, asked 0
ended | gets 503 | gone, asked 0
ended | gets 503 with Retry-After | gone, asked 0
ended | gets 302 | gone, asked 0
ended | hears nothing | gone, asked 0
ended | is taken away | gone, asked 0
ended | is changed | registered, told registered 200, asked 4
`;

test.each(everyPair(Object.keys(STATES), Object.keys(EVENTS), TABLE))(
  'RFC 3261 §10.2: a line that is %s and %s: %s',
  async (state, event, outcome) => {
    expect(await outcomeOf(state, event)).toBe(outcome);
  },
);
