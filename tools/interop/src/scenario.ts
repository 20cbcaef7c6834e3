import { test } from 'vitest';
import { Scene } from './scene.ts';
import { lacking } from './tools.ts';

export interface ScenarioOptions {
  /** Commands that it drives; 'root' for what only root may do. */
  readonly needs: readonly string[];
  /** Seconds; 120 when absent. */
  readonly seconds?: number;
}

/**
 * A test with a scene of its own. A machine without the tools skips it with a message that names the remedy; in CI,
 * where the tools are promised, it fails. When the test fails its logs and captures stay, and it says where.
 */
export function scenario(name: string, options: ScenarioOptions, play: (scene: Scene) => Promise<void>): void {
  test(name, { timeout: (options.seconds ?? 120) * 1_000 }, async ({ skip }) => {
    const missing = lacking(...options.needs);
    if (missing !== undefined) {
      if (process.env.CI) throw new Error(missing);
      skip(missing);
    }
    const scene = new Scene(name);
    try {
      await play(scene);
    } catch (fault) {
      await scene.close({ keep: true }).catch((also: unknown) => console.error(also));
      console.error(`${name}: logs and captures are in ${scene.directory}`);
      throw fault;
    }
    await scene.close();
  });
}
