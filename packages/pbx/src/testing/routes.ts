import type { Directory } from '../model/directory.ts';
import type { Model } from '../model/model.ts';
import { advance } from '../routing/advance.ts';
import type { Plan, RingOutcome, RouteCall, StepOutcome, World } from '../routing/plan.ts';
import { route } from '../routing/route.ts';
import { eventOf, goesOn } from '../routing/step-outcomes.ts';
import { nameOf } from '../routing/targets.ts';
import { modelOf, onlyDomain, worldOf } from './model-of.ts';

export interface Routes {
  readonly model: Model;
  readonly directory: Directory;
  /** A call by a phone of one of the users. */
  from(login: string, dialled: string, more?: Moment): Trip;
  /** A call that comes in by a trunk. */
  by(trunk: string, number: string | undefined, dialled: string, more?: Moment): Trip;
}

export interface Moment extends Partial<World> {
  readonly unreachable?: readonly string[];
  readonly seed?: number;
}

/** How a step ends by which nobody is rung, where nothing comes of it. */
const SILENT = {
  ...({ play: 'played', menu: 'no-key', decide: 'not-decided' } as const),
  ...({ queue: 'queue-waited', agent: 'played', voicemail: 'message-left' } as const),
  ...({ 'own-setting': 'played' } as const),
};

/** A call on its way, told in short. */
export class Trip {
  plan: Plan;
  readonly #worldOf: (moment: Moment) => World;

  constructor(call: RouteCall, worldOf: (moment: Moment) => World, moment: Moment) {
    this.#worldOf = worldOf;
    this.plan = route(call, worldOf(moment));
  }

  /** What is due: 'ring anna+boris 25000', 'reject no-answer'. */
  get now(): string {
    const { step } = this.plan;
    if (step.do === 'ring') return `ring ${step.targets.map(nameOf).join('+')} ${step.ring}`;
    if (step.do === 'queue') return `queue ${step.group.extension}`;
    if (step.do === 'play') return `play ${step.prompt}${step.answer ? '' : ' early'}`;
    if (step.do === 'decide') return `decide ${step.url}`;
    if (step.do === 'menu') return `ask ${step.says.join('+')}`;
    if (step.do === 'voicemail') return `voicemail ${step.box}`;
    if (step.do === 'mailbox') return `mailbox ${step.box}${step.own ? ' own' : ''}`;
    return step.do === 'reject' ? `reject ${step.reason}` : step.do;
  }

  get story(): readonly string[] {
    return this.plan.story;
  }

  after(outcome: StepOutcome, moment: Moment = {}): this {
    this.plan = advance(this.plan, eventOf(outcome), this.#worldOf(moment));
    return this;
  }

  /** All that is done while nobody answers and presses no key, to the end. */
  toTheEnd(outcome: RingOutcome = 'no-answer', moment: Moment = {}): string[] {
    const done = [this.now];
    while (goesOn(this.plan.step)) {
      if (done.length > 100) throw new Error(`no end: ${done.join(', ')}`);
      const { do: what } = this.plan.step;
      done.push(this.after(what === 'ring' ? outcome : SILENT[what], moment).now);
    }
    return done;
  }
}

/** The routes of a PBX file with one domain. */
export function routesOf(file: string): Routes {
  const model = modelOf(file);
  const domain = onlyDomain(model);
  const world = ({ unreachable, seed: _, ...changes }: Moment): World => worldOf(model, unreachable, changes);
  const { directory } = world({});
  const trip = (call: Omit<RouteCall, 'domain'>, moment: Moment): Trip => {
    const { seed } = moment;
    return new Trip({ domain, ...call, ...(seed !== undefined && { seed }) }, world, moment);
  };
  return {
    model,
    directory,
    from: (login, dialled, moment = {}) => {
      const found = directory.findDevice(domain, login);
      if (found === undefined) throw new Error(`nobody has login ${login}`);
      return trip({ caller: { kind: 'device', user: found.user, device: found.device }, dialled }, moment);
    },
    by: (trunk, number, dialled, moment = {}) =>
      trip({ caller: { kind: 'trunk', trunk, ...(number !== undefined && { number }) }, dialled }, moment),
  };
}
