import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Processes, until } from './processes.ts';

/** Captures what goes over these ports and the media beside them until Ctrl-C. @returns the file with all of it */
export async function captureUntilTold(ports: readonly number[], from: string): Promise<string> {
  const scratch = mkdtempSync(join(tmpdir(), 'trace-'));
  const raw = join(scratch, 'raw.pcap');
  const processes = new Processes(scratch);
  // Sound has ports of its own choosing, so all UDP is kept; what is neither SIP nor RTP falls away when it is cut.
  const filter = `udp or (${ports.map((port) => `tcp port ${port}`).join(' or ')})`;
  const told = new Promise<void>((resolve) => process.once('SIGINT', resolve));
  const tcpdump = processes.run('tcpdump', 'tcpdump', [
    '-i',
    from,
    '-U',
    '--immediate-mode',
    '-s',
    '0',
    '-w',
    raw,
    filter,
  ]);
  try {
    await until('tcpdump to listen', () => {
      if (tcpdump.process.exitCode !== null) throw new Error(`tcpdump: ${tcpdump.output().trim()}`);
      return tcpdump.output().includes('listening on');
    });
    process.stderr.write(`capturing on ${from}; Ctrl-C ends it\n`);
    await told;
  } finally {
    await tcpdump.stop('SIGINT');
    await processes.stopAll();
  }
  return raw;
}
