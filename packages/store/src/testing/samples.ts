import type { CallRecord, RecordingEntry } from '@vats/pbx';

/** A finished call; `number` tells it from others and is the second it started in. */
export function sampleCall(number: number, domain = 'acme.example'): CallRecord {
  return {
    id: `call-${number}`,
    domain,
    startedAt: number * 1_000,
    answeredAt: number * 1_000 + 500,
    endedAt: number * 1_000 + 900,
    from: { number: '201', name: 'Анна', extension: '201', login: 'anna' },
    dialled: '202',
    outcome: 'caller-hung-up',
    status: 200,
    story: [{ type: 'call.started', at: number * 1_000 }],
  };
}

export function sampleRecording(number: number, state: RecordingEntry['state'] = 'complete'): RecordingEntry {
  return {
    id: `recording-${number}`,
    call: `call-${number}`,
    domain: 'acme.example',
    path: `recordings/${number}.wav`,
    from: '201',
    to: '202',
    startedAt: number * 1_000,
    ...(state === 'writing' ? {} : { durationMs: 400 }),
    state,
    ...(state === 'failed' ? { error: 'disk full' } : {}),
  };
}
