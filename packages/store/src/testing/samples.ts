import type { Ban, Place } from '@vats/access';
import type { CallRecord, CallSummary, RecordingEntry, VoiceMessage } from '@vats/pbx';

/** A finished call; `number` tells it from others and is the second it started in. */
export function sampleCall(number: number, changes: Partial<CallRecord> = {}): CallRecord {
  const startedAt = changes.startedAt ?? number * 1_000;
  const from = { number: '201', name: 'Анна', extension: '201', login: 'anna' };
  const boris = { number: '202', name: 'Борис', extension: '202', login: 'boris' };
  return {
    id: `call-${number}`,
    domain: 'acme.example',
    direction: 'internal',
    result: 'answered',
    startedAt,
    answeredAt: startedAt + 500,
    endedAt: startedAt + 900,
    from,
    dialled: '202',
    answeredBy: boris,
    waitMs: 500,
    talkMs: 400,
    outcome: 'caller-hung-up',
    status: 200,
    legs: [
      { leg: 'a', party: from, startedAt, answeredAt: startedAt + 500, endedAt: startedAt + 900 },
      { leg: 'b1', party: boris, startedAt, ringingAt: startedAt + 100, endedAt: startedAt + 900 },
    ],
    talks: [{ leg: 'b1', party: boris, from: startedAt + 500, to: startedAt + 900 }],
    forwards: [],
    explain: ['202 is Борис'],
    recordings: [],
    sipCallId: `sip-${number}`,
    story: [{ type: 'call.started', at: startedAt }],
    ...changes,
  };
}

/** What a list shows of it. */
export function summaryOf({ story: _, world: __, seed: ___, sipCallId: ____, ...summary }: CallRecord): CallSummary {
  return summary;
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

/** A message in mailbox 202; `number` tells it from others and is the second at which it was left. */
export function sampleMessage(number: number, changes: Partial<VoiceMessage> = {}): VoiceMessage {
  return {
    ...{ id: `message-${number}`, domain: 'acme.example', box: '202', call: `call-${number}` },
    ...{ from: { number: '+79161112233' }, takenAt: number * 1_000, durationMs: 5_000 },
    ...{ path: `voicemail/acme.example/202/message-${number}.wav`, state: 'new' as const },
    ...changes,
  };
}
