export { FAKE_EPOCH_MS, FakeClock } from './fake-clock.ts';
export { type LogLine, MemoryLog } from './memory-log.ts';
export { everyPair, type PairRow } from './pair-table.ts';
export { SeededRandom } from './seeded-random.ts';
