import { describe, expect } from 'vitest';
import { BORIS } from './office.ts';
import { scenario } from './scenario.ts';
import { clean, NEEDS, stage } from './two-phones.ts';

// Each waits most of the time: for what RFC 3261 keeps for 32 s.
describe.concurrent.each(['udp', 'tcp'] as const)('two baresip over %s', (transport) => {
  scenario(
    `a refusal, a caller who gives up, an unknown extension, nobody there (${transport})`,
    { needs: NEEDS },
    async (scene) => {
      const set = await stage(scene, transport);
      await set.anna.dial(BORIS.extension);
      await set.boris.event('CALL_INCOMING');
      await set.boris.hangUp();
      expect((await set.anna.event('CALL_CLOSED')).param).toMatch(/^(486|603)/);
      await set.boris.event('CALL_CLOSED');

      await set.anna.dial(BORIS.extension);
      await set.boris.event('CALL_INCOMING');
      await set.anna.event('CALL_RINGING');
      await set.anna.hangUp();
      await Promise.all([set.anna.event('CALL_CLOSED'), set.boris.event('CALL_CLOSED')]);

      await set.anna.dial('299');
      expect((await set.anna.event('CALL_CLOSED')).param).toMatch(/^404/);
      await set.boris.stop();
      await set.anna.dial(BORIS.extension);
      expect((await set.anna.event('CALL_CLOSED')).param).toMatch(/^480/);
      await set.vats.settled();
      await clean(set);
    },
  );
});
