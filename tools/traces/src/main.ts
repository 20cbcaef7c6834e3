import { parseArgs } from 'node:util';
import { CaptureFault } from './capture/capture-fault.ts';
import { COMMANDS, UsageFault } from './commands.ts';
import { StoryFault } from './story.ts';

const USAGE = `node tools/traces/src/main.ts COMMAND

  ladder FILE             draw who said what to whom
  show FILE [--normal]    print every message, as it was or with what varies replaced by names
  cut FILE --out FILE     make a small pcap of a capture: its SIP, a little of its sound
  capture NAME --ports 5060,5062 [--interface lo] [--out DIR]
                          record until Ctrl-C; writes DIR/NAME.pcap and the beginning of its story
  scenes                  list the scenes that the fixtures were made of
  record SCENE… [--out DIR]
                          play scenes with real phones and write their traces (root; ASTERISK_ROOT=DIR for a chroot)
  replay FILE… [--to ADDRESS:PORT]
                          play traces against our switch in memory, or against whoever is at ADDRESS:PORT, and compare
  office FILE             print the PBX file that a switch needs for a replay with --to
  draft FILE              print what our switch answers to a trace, in the words of a story
`;

// Whoever reads may stop early, as head does.
process.stdout.on('error', () => process.exit());

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      out: { type: 'string' },
      ports: { type: 'string' },
      interface: { type: 'string' },
      to: { type: 'string' },
      normal: { type: 'boolean' },
      messages: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const [name, ...rest] = positionals;
  if (values.help === true) {
    process.stdout.write(USAGE);
  } else {
    const command = COMMANDS[name ?? ''];
    if (command === undefined) throw new UsageFault(name === undefined ? 'no command' : `no command "${name}"`);
    process.exitCode = await command(rest, values);
  }
} catch (error) {
  const isUsage = error instanceof UsageFault || (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS');
  const isInput = error instanceof CaptureFault || error instanceof StoryFault;
  const isSystem = (error as NodeJS.ErrnoException).syscall !== undefined;
  if (!isUsage && !isInput && !isSystem) throw error;
  process.stderr.write(`${(error as Error).message}\n${isUsage ? `\n${USAGE}` : ''}`);
  process.exitCode = isUsage ? 2 : 1;
}
