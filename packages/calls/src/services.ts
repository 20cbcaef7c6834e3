import type { MediaEvent } from '@vats/media';
import type { CallContext } from './call-context.ts';
import type { LegName } from './call-event.ts';
import type { CallCommand, Service } from './call-state.ts';
import type { CallerSide } from './caller-side.ts';
import { ConferenceService } from './conference-service.ts';
import type { Conferences } from './conferences.ts';
import { DecideService } from './decide-service.ts';
import { EchoService } from './echo-service.ts';
import type { Forks } from './forks.ts';
import { MenuService } from './menu-service.ts';
import { OrderService, orderOfAgent, orderOfOwn } from './order-service.ts';
import type { PinGuesses } from './pin-guesses.ts';
import { PlayService } from './play-service.ts';
import { QueueService } from './queue-service.ts';
import type { Queues } from './queues.ts';
import { MailboxService } from './voicemail/mailbox-service.ts';
import { MessageService } from './voicemail/message-service.ts';

/** An agent's leg that rang for the caller is over. */
export type MissedOffer = Extract<CallCommand, { do: 'miss-offer' }>;

/**
 * Something that the switch does with the caller alone. It asks `CallerSide.speak` to be heard, and ends in one of two ways: it feeds
 * the call `{ type: 'served', outcome }`, and the plan goes on; or `end` is called, because the call is over.
 */
export interface RunningService {
  begin(): void;
  /** The caller has been renegotiated with: it is on hold, or has other codecs. */
  changed?(): void;
  /** What it ordered of the media plane has come about; what is said by `Speaker` is told there. */
  told?(event: ServiceEvent): void;
  missed?(offer: MissedOffer): void;
  /** No agent is rung any more, and none has answered. */
  offerEnded?(): void;
  /** Somebody talks with the caller from now on; `end` comes next. */
  answered?(leg: LegName): void;
  /** Gives back what it holds, and tells nothing any more. */
  end?(): void;
}

/** Of a leg: keys that are or were gathered, and what happens to it in a room. */
export type ServiceEvent = Extract<MediaEvent, { kind: 'key' | 'collected' | 'speaking' | 'room-refused' }>;

/** What services of all calls share. */
export interface SharedByServices {
  readonly conferences: Conferences;
  readonly guesses: PinGuesses;
  readonly queues: Queues;
}

/** What the switch does with the caller of one call: one thing at a time. */
export class Services {
  readonly #call: CallContext;
  readonly #caller: CallerSide;
  readonly #forks: Forks;
  readonly #shared: SharedByServices;
  #running: RunningService | undefined;

  constructor(call: CallContext, caller: CallerSide, forks: Forks, shared: SharedByServices) {
    this.#call = call;
    this.#caller = caller;
    this.#forks = forks;
    this.#shared = shared;
  }

  begin(service: Service): void {
    this.end();
    const { legs, origin } = this.#call;
    const { caller } = legs;
    const moves = service.kind === 'conference' && !legs.meetsIn(origin.domain.id);
    // Whom a transfer has sent here may be on hold yet, and have its sound where nobody else of a conference has.
    if (caller?.session !== undefined && (moves || caller.unheld === true)) {
      const settling: RunningService = { begin: () => {} };
      this.#running = settling;
      this.#caller.settle(moves, () => {
        if (this.#running === settling) this.#begin(service);
      });
    } else this.#begin(service);
  }

  #begin(service: Service): void {
    const running = this.#serviceFor(service);
    this.#running = running;
    running.begin();
  }

  changed(): void {
    this.#running?.changed?.();
  }

  told(event: ServiceEvent): void {
    this.#running?.told?.(event);
  }

  missed(offer: MissedOffer): void {
    this.#running?.missed?.(offer);
  }

  offerEnded(): void {
    this.#running?.offerEnded?.();
  }

  /** Somebody has taken the call. */
  answered(leg: LegName): void {
    this.#running?.answered?.(leg);
    this.end();
  }

  /** The call goes on to something else, or is over. */
  end(): void {
    const running = this.#running;
    this.#running = undefined;
    running?.end?.();
  }

  #serviceFor(service: Service): RunningService {
    switch (service.kind) {
      case 'echo':
        return new EchoService(this.#call, this.#caller);
      case 'conference':
        return new ConferenceService(this.#call, this.#caller, this.#shared, service.conference);
      case 'menu':
        return new MenuService(this.#call, this.#caller, this.#shared, service);
      case 'agent':
        return new OrderService(this.#call, this.#caller, orderOfAgent(service, this.#call.parts));
      case 'own-setting':
        return new OrderService(this.#call, this.#caller, orderOfOwn(service, this.#call.parts));
      case 'queue':
        return new QueueService(this.#call, this.#caller, this.#forks, this.#shared.queues, service.plan);
      case 'decide':
        return new DecideService(this.#call, service);
      case 'play':
        return new PlayService(this.#call, this.#caller, service);
      case 'voicemail':
        return new MessageService(this.#call, this.#caller, this.#shared, service.box);
      case 'mailbox':
        return new MailboxService(this.#call, this.#caller, this.#shared, service);
    }
  }
}
