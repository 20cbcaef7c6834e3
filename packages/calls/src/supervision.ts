import type { RoomOrder } from '@vats/media';
import type { User } from '@vats/pbx';
import type { CallContext } from './call-context.ts';
import { CALLER } from './call-state.ts';
import type { FailureCode } from './failures.ts';
import type { Leg } from './leg.ts';
import { roomOrderOf } from './room-order.ts';
import { waysTo } from './secure-call.ts';
import { type SupervisionKind, Supervisor } from './supervisor.ts';

/**
 * Why a call can't be supervised so. `nobody-talks`: it is not answered, or the switch itself talks in it. `takes-part`: they talk in
 * it. `codec`: a side talks in a codec that is not mixed. `unreachable`: none of their phones can be rung.
 */
export type SupervisionRefusal = 'nobody-talks' | 'takes-part' | 'codec' | 'unreachable' | 'too-many';

/** Supervisors of one call at most. */
const MOST = 10;

interface Supervised {
  readonly supervisor: Supervisor;
  kind: SupervisionKind;
}

/**
 * The supervisors of one call. While one of them is in it, its two sides meet in a room in place of their bridge; nothing else of the call
 * changes, and its recording goes on.
 */
export class Supervision {
  readonly #call: CallContext;
  readonly #talking: () => { readonly caller: Leg; readonly peer: Leg } | undefined;
  readonly #onOutgoing: (callId: string, live: boolean) => void;
  readonly #supervisors = new Map<string, Supervised>();
  #count = 0;

  constructor(
    call: CallContext,
    talking: () => { readonly caller: Leg; readonly peer: Leg } | undefined,
    onOutgoing: (callId: string, live: boolean) => void,
  ) {
    this.#call = call;
    this.#talking = talking;
    this.#onOutgoing = onOutgoing;
  }

  /** Rings the user, or changes how they take part where they do already. */
  supervise(kind: SupervisionKind, user: User): SupervisionRefusal | undefined {
    const talking = this.#talking();
    if (talking === undefined) return 'nobody-talks';
    const sides = [talking.caller, talking.peer];
    if (sides.some(({ party }) => party.extension === user.extension)) return 'takes-part';
    const room = this.#room;
    const seats = sides.map((leg) => roomOrderOf(leg, { room, as: leg.name, presence: 'talk' }));
    if (seats.includes(undefined)) return 'codec';
    const known = this.#supervisors.get(user.extension);
    if (known !== undefined) {
      known.kind = kind;
      known.supervisor.changed();
      if (known.supervisor.joined) this.#tell('supervisor.joined', known);
      this.#record();
      return undefined;
    }
    if (this.#supervisors.size >= MOST) return 'too-many';
    const { origin, parts } = this.#call;
    const phones = user.devices.flatMap((device) =>
      waysTo(parts.locate(origin.domain, device.login), origin).map((phone) => ({ device, phone })),
    );
    const supervised: Supervised = {
      kind,
      supervisor: new Supervisor({
        ...{ call: this.#call, number: ++this.#count, user, phones, room: this.#room, onOutgoing: this.#onOutgoing },
        shows: `${kind} ${talking.caller.party.number} - ${talking.peer.party.number}`,
        presence: () => this.#presenceOf(supervised.kind),
        answered: () => this.#answered(supervised),
        gone: (why) => this.#gone(user.extension, supervised, why),
      }),
    };
    this.#supervisors.set(user.extension, supervised);
    if (supervised.supervisor.ring()) return undefined;
    supervised.supervisor.end('unreachable');
    return 'unreachable';
  }

  /** The two who talk are others than before. */
  review(): void {
    if (this.#supervisors.size === 0) return;
    for (const { supervisor } of this.#supervisors.values()) if (supervisor.joined) supervisor.changed();
    this.#meet();
    this.#record();
  }

  /** The call keeps to TLS from now on. */
  keepToTls(): void {
    for (const { supervisor } of [...this.#supervisors.values()]) supervisor.keepToTls();
  }

  /** The call is over. */
  end(why: FailureCode = 'caller-hung-up'): void {
    for (const { supervisor } of [...this.#supervisors.values()]) supervisor.end(why);
  }

  /** A side of the call has found no room, and hears nobody: the two hear each other again, and nobody else. */
  roomRefused(): void {
    this.#call.log.warn('supervisors.no-room');
    this.end('conference-full');
  }

  get #room(): string {
    return `call ${this.#call.id}`;
  }

  /** Who whispers is heard by the employee: by whoever was called, unless it is the caller alone who is one. */
  #presenceOf(kind: SupervisionKind): RoomOrder['presence'] {
    if (kind === 'listen') return 'listen';
    if (kind === 'barge') return 'talk';
    const talking = this.#talking();
    if (talking === undefined) return 'listen';
    const { caller, peer } = talking;
    const employee = peer.party.extension === undefined && caller.party.extension !== undefined ? caller : peer;
    return { whisperTo: [employee.name] };
  }

  #answered(supervised: Supervised): void {
    this.#meet();
    this.#tell('supervisor.joined', supervised);
    this.#record();
  }

  #gone(extension: string, supervised: Supervised, why: FailureCode): void {
    this.#supervisors.delete(extension);
    if (supervised.supervisor.joined) this.#tell('supervisor.left', supervised);
    else this.#call.log.info('supervisor.not-there', { extension, why });
    if (this.#talking() === undefined) return;
    this.#record();
    this.#meet();
  }

  /** The call's two sides are where the supervisors are, or hear each other directly again. */
  #meet(): void {
    const talking = this.#talking();
    if (talking === undefined) return;
    const isSupervised = [...this.#supervisors.values()].some(({ supervisor }) => supervisor.joined);
    if (this.#call.legs.meet === isSupervised) return;
    this.#call.legs.meetIn(isSupervised ? this.#room : undefined, talking.caller, talking.peer);
  }

  /** What the caller hears is what is recorded beside them: whoever barges in too. */
  #record(): void {
    const isHeard = [...this.#supervisors.values()].some(
      ({ supervisor, kind }) => supervisor.joined && kind === 'barge',
    );
    const without = this.#call.recorder.leftName ?? CALLER;
    this.#call.recorder.hears(isHeard ? { room: this.#room, without } : undefined);
  }

  #tell(type: 'supervisor.joined' | 'supervisor.left', { supervisor, kind }: Supervised): void {
    this.#call.emit({ type, by: supervisor.party, how: kind });
  }
}
