import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { asteriskThere, asteriskTree } from './asterisk-tree.ts';

const DEBIAN_PACKAGE: Readonly<Record<string, string>> = {
  baresip: 'baresip-core',
  linphonec: 'linphone-cli',
  mmdblookup: 'mmdb-bin',
  sipp: 'sip-tester',
  tshark: 'tshark',
  dumpcap: 'wireshark-common',
  dnsmasq: 'dnsmasq-base',
  unshare: 'util-linux',
  nft: 'nftables',
  ip: 'iproute2',
  soxi: 'sox',
  svmap: 'sipvicious',
  svwar: 'sipvicious',
  svcrack: 'sipvicious',
  'multimon-ng': 'multimon-ng',
  turnutils_stunclient: 'coturn',
};

function onPath(tool: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** What is no command of a Debian package: whether it is there, and what makes it so. */
const OTHERWISE: Readonly<Record<string, { there: () => boolean; remedy: () => string }>> = {
  root: { there: () => process.getuid?.() === 0, remedy: () => 'run as root' },
  asterisk: {
    there: asteriskThere,
    remedy: () => `tools/interop/install-asterisk.sh (nothing in ${asteriskTree()})`,
  },
};

/** What of `tools` this machine lacks, as a sentence with the remedy; undefined when all are there. `root` and `asterisk` are among them. */
export function lacking(...tools: string[]): string | undefined {
  const missing = tools.filter((tool) => !(OTHERWISE[tool]?.there ?? (() => onPath(tool)))());
  if (missing.length === 0) return undefined;
  const packages = missing.filter((tool) => !(tool in OTHERWISE)).map((tool) => DEBIAN_PACKAGE[tool] ?? tool);
  const remedies = [
    ...(packages.length > 0 ? [`apt-get install ${packages.join(' ')} (or tools/interop/install-peers.sh)`] : []),
    ...missing.flatMap((tool) => OTHERWISE[tool]?.remedy() ?? []),
  ];
  return `needs ${missing.join(', ')}: ${remedies.join('; ')}`;
}
