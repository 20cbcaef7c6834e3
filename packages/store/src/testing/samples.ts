import type { Ban, Place } from '@vats/access';
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

/** A ban that the switch made; `number` tells it from others and is the second it began in. */
export function sampleBan(number: number, changes: Partial<Ban> = {}): Ban {
  return {
    id: `ban-${number}`,
    network: `192.0.2.${number}`,
    since: number * 1_000,
    until: number * 1_000 + 3_600_000,
    offence: 1,
    by: 'switch',
    reason: '10 failures within 5m',
    ...changes,
  };
}

export function samplePlace(login: string, changes: Partial<Place> = {}): Place {
  return {
    domain: 'acme.example',
    login,
    address: '192.0.2.1',
    country: 'RU',
    firstSeen: 1_000,
    lastSeen: 2_000,
    uses: 3,
    ...changes,
  };
}
