import type { CallRecord, CallTalk } from '@vats/pbx';
import type { CallEvent } from './call-event.ts';
import { EVENTS_KEPT, recordOf } from './story.ts';

type Ended = CallEvent & { readonly type: 'call.ended' };

/**
 * Ends a call that a kill cut off: its noted record as one that is over, and the terminal event that it never had.
 *
 * @param record as it was noted while the call was up
 * @param lastSign when the call was surely still up, milliseconds since the epoch: a recording may have gone on after the note.
 *   When the switch died after that, nobody knows; a later end would be talk that nobody had.
 * @param domainName for the event, which names domains
 */
export function cutOff(record: CallRecord, lastSign: number, domainName: string): { record: CallRecord; event: Ended } {
  const endedAt = Math.max(lastSign, record.endedAt);
  const talkMs = record.answeredAt === undefined ? 0 : endedAt - record.answeredAt;
  const event: Ended = {
    type: 'call.ended',
    call: record.id,
    seq: lastSeq(record.story) + 1,
    at: endedAt,
    domain: domainName,
    failure: 'switch-restarted',
    status: record.status,
    from: record.from,
    dialled: record.dialled,
    ...(record.answeredBy !== undefined && { answeredBy: record.answeredBy }),
    startedAt: record.startedAt,
    ...(record.answeredAt !== undefined && { answeredAt: record.answeredAt }),
    durationMs: endedAt - record.startedAt,
    talkMs,
  };
  const closed: CallRecord = {
    ...record,
    outcome: 'switch-restarted',
    endedAt,
    talkMs,
    waitMs: (record.answeredAt ?? endedAt) - record.startedAt,
    ...legsAndTalks(record, event),
    story: [...record.story, event],
  };
  return { record: closed, event };
}

/** Whoever was there, and whoever talked, did so to the end. */
function legsAndTalks(record: CallRecord, ended: Ended): Pick<CallRecord, 'legs' | 'talks'> {
  // What became of each leg, and who was in whose place after a transfer, is in the events.
  const told = record.story.length < EVENTS_KEPT ? recordOf([...(record.story as CallEvent[]), ended]) : undefined;
  if (told !== undefined) return { legs: told.legs, talks: told.talks };
  // Of a story that was too long what still went on is known by its end, the note's.
  const { legs, talks, endedAt } = record;
  const end = ended.at;
  return {
    legs: legs.map((leg) => (leg.endedAt === endedAt ? { ...leg, endedAt: end } : leg)),
    talks: talks.map((talk): CallTalk => (talk.to === endedAt ? { ...talk, to: end } : talk)),
  };
}

function lastSeq(story: readonly unknown[]): number {
  const { seq } = (story.at(-1) ?? {}) as { seq?: unknown };
  return typeof seq === 'number' ? seq : story.length;
}
