import { eventually } from './deadline.ts';
import type { Status, Switch } from './switch.ts';

/**
 * Waits until the gate has turned away so many messages for that reason. It decides in one turn, so what it was going to
 * answer to them has been sent by then: who has heard nothing yet hears nothing.
 */
export async function counted(vats: Switch, why: keyof Status['access']['counters'], least: number): Promise<void> {
  await eventually(
    `${least} ${why}`,
    async () => {
      const found = (await vats.glance()).access.counters[why];
      if (found < least) throw new Error(`${found} ${why}`);
      return true;
    },
    { milliseconds: 30_000, every: 50 },
  );
}
