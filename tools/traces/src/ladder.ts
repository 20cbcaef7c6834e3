import { type Endpoint, formatEndpoint } from '@vats/kernel';
import { cseqOf, firstValue, statusOf } from './sip-text.ts';
import { type PlaceNames, placeKey } from './symbols.ts';
import type { Trace, TraceMessage } from './trace.ts';

const LANE = 30;

/**
 * Draws who said what to whom, one line a message.
 *
 * @param places what endpoints are called; those without a name stand as they are
 */
export function drawLadder(trace: Trace, places: PlaceNames = new Map()): string {
  const nameOf = (message: TraceMessage, end: 'from' | 'to'): string => nameOfPlace(message[end], places);
  const lanes: string[] = [];
  for (const message of trace.messages) {
    for (const end of ['from', 'to'] as const) {
      const name = nameOf(message, end);
      if (!lanes.includes(name)) lanes.push(name);
    }
  }
  const lines = [`${' '.repeat(14)}${lanes.map((lane) => center(lane, LANE)).join('')}`.trimEnd()];
  for (const message of trace.messages) {
    const from = lanes.indexOf(nameOf(message, 'from'));
    const to = lanes.indexOf(nameOf(message, 'to'));
    const time = `${String(message.number).padStart(4)} ${(message.at / 1_000).toFixed(3).padStart(8)} `;
    lines.push(`${time}${rung(lanes.length, from, to, labelOf(message))}`.trimEnd());
  }
  for (const { from, to, packets, payloadTypes, keys } of trace.streams) {
    const pressed = keys === '' ? '' : `, keys ${keys}`;
    const types = payloadTypes.join(', ');
    lines.push(`RTP ${formatEndpoint(from)} -> ${formatEndpoint(to)}: ${packets} packets, type ${types}${pressed}`);
  }
  return `${lines.join('\n')}\n`;
}

/** A name for an endpoint: its own, or that of the only party at its host, whose connections leave from any port. */
function nameOfPlace(endpoint: Endpoint, places: PlaceNames): string {
  const key = placeKey(endpoint);
  const own = places.get(key);
  if (own !== undefined) return own;
  const host = key.replace(/\d+$/, '');
  const [name, ...others] = new Set([...places].filter(([place]) => place.startsWith(host)).map(([, each]) => each));
  return name === undefined || others.length > 0 ? key : name;
}

/** A message in a few words: 'INVITE (sdp)', '180 Ringing', 'keep-alive'. */
export function labelOf({ sip, octets }: Pick<TraceMessage, 'sip' | 'octets'>): string {
  if (sip === undefined) return /^(\r\n)*$/.test(octets.toString('latin1')) ? 'keep-alive' : 'not SIP';
  const type = firstValue(sip, 'content-type')?.split(/[/;]/)[1]?.trim();
  const body = sip.body.length > 0 && type !== undefined ? ` (${type})` : '';
  const status = statusOf(sip);
  if (status === undefined) return `${sip.startLine.split(' ', 1)[0]}${body}`;
  const { method } = cseqOf(sip);
  return `${status} ${method}${body}`;
}

/** One rung: bars at the middle of each lane, an arrow between two of them. */
function rung(lanes: number, from: number, to: number, label: string): string {
  const cells = Array.from({ length: lanes * LANE }, () => ' ');
  const middle = (lane: number): number => lane * LANE + Math.floor(LANE / 2);
  for (let lane = 0; lane < lanes; lane++) cells[middle(lane)] = '|';
  if (from === to) return `${cells.slice(0, middle(from) + 1).join('')} ${label}`;
  const left = middle(Math.min(from, to)) + 1;
  const right = middle(Math.max(from, to)) - 1;
  for (let at = left; at <= right; at++) cells[at] = '-';
  cells[from < to ? right : left] = from < to ? '>' : '<';
  const room = LANE - 5;
  const text = ` ${label.slice(0, room - 2)} `;
  // In the first gap that the arrow crosses, so that the text of neighbours stands in one column.
  const start = left + Math.floor((LANE - 1 - text.length) / 2);
  for (const [i, letter] of [...text].entries()) cells[start + i] = letter;
  return cells.join('');
}

function center(text: string, width: number): string {
  const cut = text.slice(0, width - 2);
  const before = Math.floor((width - cut.length) / 2);
  return `${' '.repeat(before)}${cut}`.padEnd(width);
}
