import type { Endpoint } from '@vats/kernel';
import { run } from './child.ts';

export interface OptionsAnswer {
  readonly status: number;
  readonly reason: string;
  readonly text: string;
}

/** Sends one OPTIONS by sipsak; undefined when nothing came back. */
export async function sipsakOptions(target: Endpoint, user?: string): Promise<OptionsAnswer | undefined> {
  const uri = `sip:${user === undefined ? '' : `${user}@`}${target.address}:${target.port}`;
  const ran = await run('sipsak', ['-vv', '-D', 5, '-s', uri], { milliseconds: 20_000 });
  const status = /^SIP\/2\.0 (\d{3}) (.*)$/m.exec(ran.stdout);
  if (!status) return undefined;
  return { status: Number(status[1]), reason: (status[2] ?? '').trim(), text: ran.stdout };
}
