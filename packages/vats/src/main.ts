#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

// Stripping the types of all files takes a second and, in each thread, tens of megabytes; what it comes to is kept
// beside the code for the next start. Where nothing can be written there, each start strips anew. Threads go by the variable.
const kept = enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url)));
if (kept.directory !== undefined) process.env.NODE_COMPILE_CACHE ??= kept.directory;

const { run } = await import('./cli/program.ts');
process.exitCode = await run(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
});
