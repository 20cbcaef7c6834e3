import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { SystemClock } from '@vats/kernel';
import { addByValue, EMPTY_MODEL } from '@vats/pbx';
import { sampleBinding } from '@vats/registrar/testing';
import { openStore } from '../open-store.ts';
import { sampleCall } from './samples.ts';

/*
 * A process of its own for the test that kills one: writes calls and registrations for ever into the data directory that
 * it is given, and says on standard output what has become durable, a line each. Each round has a call that is up.
 */

const directory = process.argv[2] ?? '';
const store = await openStore({
  url: `sqlite:${join(directory, 'vats.db')}`,
  keyFile: join(directory, 'key'),
  clock: new SystemClock(),
});
const applied = addByValue(EMPTY_MODEL, { domain: 'killed.example' }, 'file:test');
if (!applied.ok) throw new Error('the model is wrong');
await store.models.save(applied.next);

// Straight to the pipe: a line that the test reads was written before the kill, whatever buffers there are.
const say = (line: string): void => void writeSync(1, `${line}\n`);

for (let round = 0; ; round++) {
  const calls = Array.from({ length: 10 }, (_, index) => sampleCall(round * 10 + index));
  const binding = sampleBinding({ id: `binding-${round % 50}`, cseq: round });
  await Promise.all([
    ...calls.map((call) => store.history.append(call).then(() => say(`call ${call.id}`))),
    store.history.noteOpen(sampleCall(round, { id: `up-${round}` })).then(() => say(`up up-${round}`)),
    store.bindings.write({ save: [binding], remove: [] }).then(() => say(`binding ${binding.id}`)),
  ]);
}
