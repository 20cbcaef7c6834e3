import { modelOf } from '@vats/pbx/testing';
import { sampleBinding } from '@vats/registrar/testing';
import { expect, test } from 'vitest';
import type { Store } from './store.ts';
import { MemoryStore } from './testing/memory-store.ts';
import { ACME, openIn } from './testing/reopened.ts';
import { sampleBan, sampleCall, sampleMessage, samplePlace, sampleRecording, summaryOf } from './testing/samples.ts';
import { scratchDirectory } from './testing/scratch.ts';
import { workerLink } from './worker-link.ts';

const stores: [string, (path: string) => Promise<Store>][] = [
  ['SQLite in a thread', (path) => openIn(path, workerLink())],
  ['memory', async () => new MemoryStore()],
];

for (const [name, open] of stores) {
  test(`${name}: recordings are listed by call and state, and change in place`, async () => {
    using scratch = scratchDirectory();
    const { recordings, close } = bound(await open(scratch.path));
    await recordings.put(sampleRecording(1, 'writing'));
    await recordings.put(sampleRecording(2, 'failed'));
    expect(await recordings.list()).toEqual([sampleRecording(2, 'failed'), sampleRecording(1, 'writing')]);
    await recordings.put(sampleRecording(1));
    expect(await recordings.list({ state: 'writing' })).toEqual([]);
    expect(await recordings.list({ call: 'call-1' })).toEqual([sampleRecording(1)]);
    expect(await recordings.list({ domain: 'other.example' })).toEqual([]);
    await close();
  });

  test(`${name}: a write is seen by the look that follows it`, async () => {
    using scratch = scratchDirectory();
    const { history, bindings, close } = bound(await open(scratch.path));
    const appended = history.append(sampleCall(1));
    const written = bindings.write({ save: [sampleBinding({ id: 'b' })], remove: [] });
    await Promise.all([appended, written]);
    expect(await history.list()).toEqual({ calls: [summaryOf(sampleCall(1))] });
    expect((await bindings.load()).map(({ id }) => id)).toEqual(['b']);
    await close();
  });

  test(`${name}: a ban is kept once for each id, and goes with it`, async () => {
    using scratch = scratchDirectory();
    const { bans, close } = bound(await open(scratch.path));
    await Promise.all([bans.save(sampleBan(1)), bans.save(sampleBan(2))]);
    await bans.save(sampleBan(1, { offence: 2 }));
    expect(await bans.load()).toEqual([sampleBan(1, { offence: 2 }), sampleBan(2)]);
    await bans.remove(['ban-1', 'never-there']);
    await bans.remove([]);
    expect(await bans.load()).toEqual([sampleBan(2)]);
    await close();
  });

  test(`${name}: a place is kept once for each domain, login and address`, async () => {
    using scratch = scratchDirectory();
    const { places, close } = bound(await open(scratch.path));
    const { country: _, ...nowhere } = samplePlace('anna', { address: '2001:db8::1' });
    const known = [samplePlace('anna'), nowhere, samplePlace('anna', { domain: 'beta.example' }), samplePlace('boris')];
    await places.save(known);
    await places.save([samplePlace('anna', { uses: 9 })]);
    await places.save([]);
    expect(new Set(await places.load())).toEqual(new Set([samplePlace('anna', { uses: 9 }), ...known.slice(1)]));
    await places.remove([samplePlace('anna'), samplePlace('boris')]);
    expect(new Set(await places.load())).toEqual(new Set([nowhere, known[2]]));
    await close();
  });

  test(`${name}: the places of a domain go with it`, async () => {
    using scratch = scratchDirectory();
    const { models, places, close } = bound(await open(scratch.path));
    await models.save(modelOf(ACME, 'domain: beta.example\n'));
    const [acme, beta] = models.model.domains;
    const kept = samplePlace('anna', { domain: beta!.id });
    await places.save([samplePlace('anna', { domain: acme!.id }), kept]);
    await models.save({ domains: [beta!] });
    expect(await places.load()).toEqual([kept]);
    await close();
  });
}

for (const [name, open] of stores) {
  test(`${name}: a message is kept once for each id and goes with it, a mailbox once for each domain and extension`, async () => {
    using scratch = scratchDirectory();
    const { voicemail, close } = bound(await open(scratch.path));
    const [one, two] = [sampleMessage(1), sampleMessage(2)];
    await Promise.all([voicemail.put(one), voicemail.put(two)]);
    await voicemail.put({ ...one, state: 'heard' });
    await voicemail.putBox({ domain: 'd1', box: '202' });
    await voicemail.putBox({ domain: 'd1', box: '202', greeting: 'voicemail/d1/202/greeting.wav' });
    await voicemail.putBox({ domain: 'd2', box: '202', pin: { salt: 's', digest: 'd' } });
    const { messages, boxes } = await voicemail.load();
    expect(messages).toEqual([{ ...one, state: 'heard' }, two]);
    expect(new Set(boxes)).toEqual(
      new Set([
        { domain: 'd1', box: '202', greeting: 'voicemail/d1/202/greeting.wav' },
        { domain: 'd2', box: '202', pin: { salt: 's', digest: 'd' } },
      ]),
    );
    await voicemail.remove([one.id, 'never-there']);
    await voicemail.remove([]);
    expect((await voicemail.load()).messages).toEqual([two]);
    await close();
  });
}

function bound(store: Store) {
  const { models, history, recordings, bindings, bans, places, voicemail } = store;
  return { models, history, recordings, bindings, bans, places, voicemail, close: () => store.close() };
}

test('the memory store fails and recovers when told to', async () => {
  const store = new MemoryStore();
  store.fail();
  await expect(store.history.append(sampleCall(1))).rejects.toMatchObject({ fault: 'disk-full' });
  expect(store.health()).toMatchObject({ ok: false });
  store.recover();
  await store.history.append(sampleCall(1));
  expect((await store.history.list()).calls).toHaveLength(1);
});
