import { accessSync, constants, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where install-asterisk.sh unpacks Asterisk; the two must agree. */
export function asteriskTree(): string {
  const { VATS_ASTERISK_DIR: named, XDG_CACHE_HOME: own } = process.env;
  const cache = process.getuid?.() === 0 ? '/var/cache' : own || join(homedir(), '.cache');
  return named || join(cache, 'vats-interop', 'asterisk');
}

export function asteriskThere(): boolean {
  try {
    accessSync(join(asteriskTree(), 'usr/sbin/asterisk'), constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The command that runs the program in the tree: its C library is older than this machine's, so its own loader starts it. */
export function asteriskCommand(): [command: string, ...args: string[]] {
  const tree = asteriskTree();
  // lib/x86_64-linux-gnu or another machine's: the one that has the loader.
  const triplet = readdirSync(join(tree, 'lib')).find((name) => name.includes('-linux-gnu')) ?? '';
  const loader = readdirSync(join(tree, 'lib', triplet)).find((name) => /^ld-linux.*\.so\.\d+$/.test(name));
  if (loader === undefined)
    throw new Error(`${tree} has no C library: remove it and run tools/interop/install-asterisk.sh`);
  const libraries = [join(tree, 'lib', triplet), join(tree, 'usr/lib', triplet), join(tree, 'usr/lib')];
  return [join(tree, 'lib', triplet, loader), '--library-path', libraries.join(':'), join(tree, 'usr/sbin/asterisk')];
}
