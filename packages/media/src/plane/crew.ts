import type { Clock } from '@vats/kernel';
import type { AddressFamily, LocalMedia } from './media-plane.ts';
import type { Command, WorkerSettings } from './messages.ts';
import { Outbox } from './outbox.ts';
import type { WorkerLink } from './worker-link.ts';
import type { WorkerMediaCall } from './worker-media-call.ts';

/** What all workers together have given out. */
export interface Tally {
  leased: number;
  recordings: number;
  encryptedLegs: number;
  convertedCalls: number;
}

/** One worker and what the plane knows of it. */
export class Crew {
  readonly settings: WorkerSettings;
  readonly shelves = new Map<AddressFamily, Shelf>();
  readonly calls = new Map<number, WorkerMediaCall>();
  readonly tally: Tally;
  readonly commands: Outbox<Command>;
  link: WorkerLink | undefined;

  constructor(settings: WorkerSettings, clock: Clock, tally: Tally) {
    this.settings = settings;
    this.tally = tally;
    this.commands = new Outbox(clock, (commands) => this.link?.post(commands));
    for (const { family, address } of settings.addresses) {
      this.shelves.set(family, { address, warm: [], reserve: [] });
    }
  }

  get hasPairs(): boolean {
    for (const { warm, reserve } of this.shelves.values()) if (warm.length > 0 || reserve.length > 0) return true;
    return false;
  }

  lease(family: AddressFamily, advertise: string | undefined): LocalMedia | undefined {
    const shelf = this.shelves.get(family);
    const port = shelf?.warm.shift() ?? shelf?.reserve.shift();
    if (shelf === undefined || port === undefined) return undefined;
    this.tally.leased++;
    return { address: advertise ?? shelf.address, port, rtcpPort: port + 1 };
  }
}

/** Even ports of the pairs of one address that may be leased. */
interface Shelf {
  readonly address: string;
  /** The longest bound first. */
  readonly warm: number[];
  readonly reserve: number[];
}
