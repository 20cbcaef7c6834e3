import type { Random } from '@vats/kernel';
import type { CallDirection, CallParty, CallRecord, CallResult } from '@vats/pbx';

export const YEARS_MS = 3 * 365 * 86_400_000;
const BEGIN = Date.UTC(2023, 0, 1);

const EMPLOYEES = 200;
const GROUPS = 20;
const OWN_NUMBERS = 5_000;
const FREQUENT = 2_000;
/** Every fifth call of an outside number is one of a frequent caller's. */
const FREQUENT_SHARE = 5;
/** The hotline has every fifth incoming call: a million of ten. */
const HOTLINE_SHARE = 5;
const RARE_FOR_EACH_CALL = 0.3;

/** Calls as a company's history has them, made anew each time they are asked for. */
export class HistoryCalls {
  readonly #random: Random;
  readonly #count: number;

  /** @param count how many calls the three years have */
  constructor(random: Random, count: number) {
    this.#random = random;
    this.#count = count;
  }

  get end(): number {
    return BEGIN + YEARS_MS;
  }

  employee(random: Random): string {
    return String(1_000 + random.below(EMPLOYEES));
  }

  group(random: Random): string {
    return String(300 + random.below(GROUPS));
  }

  own(random: Random): string {
    return `+7495${7_000_000 + random.below(OWN_NUMBERS)}`;
  }

  /** Every fifth incoming call is for this number. */
  get hotline(): string {
    return '+78005550000';
  }

  frequent(random: Random): string {
    return `+7916${String(random.below(FREQUENT) * 4_177).padStart(7, '0')}`;
  }

  /** Spread over all numbers by a multiplication that meets each once. */
  rare(random: Random): string {
    const which = random.below(Math.max(1, Math.floor(this.#count * RARE_FOR_EACH_CALL)));
    return `+79${String((which * 7_368_787) % 1_000_000_000).padStart(9, '0')}`;
  }

  /** The calls of three years in their order; those after them follow at the same pace. */
  at(index: number): CallRecord {
    const random = this.#random;
    const startedAt = BEGIN + Math.floor((index / this.#count) * YEARS_MS);
    const kind = random.below(10);
    const direction: CallDirection = kind < 5 ? 'in' : kind < 8 ? 'out' : 'internal';
    const spoke = random.below(4) > 0;
    const result: CallResult = spoke ? 'answered' : direction === 'out' ? 'failed' : 'missed';
    const outside: CallParty = {
      number: random.below(FREQUENT_SHARE) === 0 ? this.frequent(random) : this.rare(random),
    };
    const caller = direction === 'in' ? outside : ours(this.employee(random));
    const callees = direction === 'out' ? [outside] : [ours(this.employee(random)), ours(this.employee(random))];
    const isHot = direction === 'in' && random.below(HOTLINE_SHARE) === 0;
    const did = isHot ? this.hotline : direction === 'in' ? this.own(random) : undefined;
    // Another group than that of the hotline has calls of other numbers alone.
    const group = isHot ? '300' : direction === 'in' ? this.group(random) : undefined;
    const answeredAt = startedAt + 1_000 + random.below(20_000);
    const endedAt = answeredAt + random.below(300_000);
    const winner = callees[0]!;
    const answer = spoke ? { answeredAt, answeredBy: winner } : {};
    const dialled = did ?? winner.number;
    const id = `c${index.toString(36).padStart(6, '0')}${random.token(5)}`;
    const event = (seq: number, fields: object) => ({ call: id, seq, at: startedAt + seq * 100, ...fields });
    return {
      id,
      domain: 'acme',
      direction,
      result,
      startedAt,
      ...answer,
      endedAt,
      from: caller,
      dialled,
      ...(did !== undefined && { did, trunk: 'itsp' }),
      ...(group !== undefined && { group }),
      waitMs: answeredAt - startedAt,
      talkMs: spoke ? endedAt - answeredAt : 0,
      outcome: spoke ? 'caller-hung-up' : 'no-answer',
      status: spoke ? 200 : 480,
      legs: [
        { leg: 'a', party: caller, startedAt, endedAt },
        ...callees.map((party, i) => ({
          leg: `b${i + 1}`,
          party,
          ...(group !== undefined && { group }),
          startedAt,
          ringingAt: startedAt + 200,
          ...(spoke && i === 0 ? { answeredAt } : {}),
          endedAt,
        })),
      ],
      talks: spoke ? [{ leg: 'b1', party: winner, from: answeredAt, to: endedAt }] : [],
      forwards: [],
      explain: [`${dialled} is a number of this domain`, `rings ${callees.map(({ number }) => number).join(', ')}`],
      recordings: [],
      media: { a: { received: 2_000, sent: 2_000, lost: 1, foreign: 0 } },
      sipCallId: random.token(24),
      story: [
        event(1, { type: 'call.started', domain: 'acme.example', from: caller, dialled }),
        event(2, { type: 'call.routed', explain: [`${dialled} is a number of this domain`] }),
        ...callees.map((party, i) => event(3 + i, { type: 'leg.started', leg: `b${i + 1}`, party, flow: 'udp-1' })),
        event(6, { type: 'leg.ringing', leg: 'b1', status: 180, earlyMedia: false }),
        event(9, { type: 'call.ended', failure: 'caller-hung-up', status: 200 }),
      ],
    };
  }
}

function ours(extension: string): CallParty {
  return { number: extension, extension, login: `phone${extension}`, name: `Employee ${extension}` };
}
