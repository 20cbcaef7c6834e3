import { readFileSync, writeFileSync } from 'node:fs';
import { COMPLIANCE, compliance } from './compliance.ts';

/** Says whether COMPLIANCE.md is what the tests' names make of it; `--write` makes it so. */
const made = compliance();
if (process.argv.includes('--write')) writeFileSync(COMPLIANCE, made);
else if (readFileSync(COMPLIANCE, 'utf8') !== made) {
  console.error('COMPLIANCE.md is not what the tests say: node tools/compliance/src/main.ts --write');
  process.exitCode = 1;
}
