import type { Actor } from '../actor.ts';

/**
 * From now on what the phone sends goes through `change` as text (latin1) first, so that it can write what no writer of
 * ours would.
 */
export function tampers(actor: Actor, change: (text: string) => string): void {
  const { wire } = actor.phone;
  const send = wire.send.bind(wire);
  wire.send = (octets, to) => send(Buffer.from(change(octets.toString('latin1')), 'latin1'), to);
}

/** Puts whole lines, each with its end, behind the CSeq of every request of this method. */
export function adding(method: string, lines: string): (text: string) => string {
  return (text) => (text.startsWith(`${method} `) ? text.replace(/^CSeq: .*\r\n/m, (line) => line + lines) : text);
}
