import { afterAll, expect, test } from 'vitest';
import { Scene } from './scene.ts';
import { lacking } from './tools.ts';

export interface ScenarioOptions {
  /** Commands that it drives; 'root' for what only root may do. */
  readonly needs: readonly string[];
  /** Seconds; 120 when absent. */
  readonly seconds?: number;
}

/**
 * What a scene still has to show when its steps are over, and only takes time: that nothing is left after 32 s, that memory comes back.
 * The next scenario begins meanwhile; the file fails when it fails.
 */
export type Aftermath = () => Promise<void>;

const aftermaths: Promise<string | undefined>[] = [];

afterAll(async () => {
  const faults = (await Promise.all(aftermaths.splice(0))).filter((fault) => fault !== undefined);
  expect(faults).toEqual([]);
});

/**
 * A test with a scene of its own. A machine without the tools skips it with a message that names the remedy; in CI,
 * where the tools are promised, it fails. When the test fails its logs and captures stay, and it says where.
 */
export function scenario(
  name: string,
  options: ScenarioOptions,
  play: (scene: Scene) => Promise<void> | Promise<Aftermath>,
): void {
  test(name, { timeout: (options.seconds ?? 120) * 1_000 }, async ({ skip }) => {
    const missing = lacking(...options.needs);
    if (missing !== undefined) {
      if (process.env.CI) throw new Error(missing);
      skip(missing);
    }
    const scene = new Scene(name);
    const keep = async (): Promise<void> => {
      await scene.close({ keep: true }).catch((also: unknown) => console.error(also));
      console.error(`${name}: logs and captures are in ${scene.directory}`);
    };
    const keptWhenItFails = async <T>(steps: () => Promise<T>): Promise<T> => {
      try {
        return await steps();
      } catch (fault) {
        await keep();
        throw fault;
      }
    };
    const aftermath = await keptWhenItFails<unknown>(() => play(scene));
    if (typeof aftermath !== 'function') {
      await keptWhenItFails(() => scene.judged());
      await scene.close();
      return;
    }
    const judged = async (): Promise<void> => {
      await (aftermath as Aftermath)();
      await scene.judged();
    };
    const whole = keptWhenItFails(judged).then(() => scene.close());
    aftermaths.push(
      whole.then(
        () => undefined,
        (fault: unknown) => `${name}: ${fault}`,
      ),
    );
  });
}
