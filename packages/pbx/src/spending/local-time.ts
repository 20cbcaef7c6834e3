const MINUTE_MS = 60_000;

/** Reads the time of day in IANA zones; one formatter a zone, and one answer a minute, because both are slow to make. */
export class LocalTime {
  readonly #zones = new Map<string, { readonly format: Intl.DateTimeFormat; minute: number; ofDay: number }>();

  /** Minutes since midnight in the zone, 0 to 1439, at a wall time in milliseconds since the epoch. */
  minuteOfDay(zone: string, at: number): number {
    let known = this.#zones.get(zone);
    if (known === undefined) {
      const options = { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
      known = { format: new Intl.DateTimeFormat('en-GB', options), minute: Number.NaN, ofDay: 0 };
      this.#zones.set(zone, known);
    }
    const minute = Math.floor(at / MINUTE_MS);
    if (known.minute !== minute) {
      const [hours, minutes] = known.format.format(minute * MINUTE_MS).split(':');
      known.minute = minute;
      known.ofDay = Number(hours) * 60 + Number(minutes);
    }
    return known.ofDay;
  }
}
