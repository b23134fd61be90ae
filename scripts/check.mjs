/**
 * `npm run check`: runs all checks, one per processor at a time, also after one has failed. Prints the output of each when
 * it ends, and the names of failed checks last.
 */

import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { delimiter, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const env = { ...process.env, PATH: [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter) };
// The longest first.
const checks = [
  ['types', 'tsc -p .'],
  ['types of the web pages', 'tsc -p web'],
  ['lint', 'npm run --silent lint'],
  ['architecture', 'vitest run --config vitest.check.config.ts'],
  ['dead code', 'knip --no-progress'],
  ['format', 'oxfmt --check'],
];

const waiting = [...checks];
const failed = [];
await Promise.all(Array.from({ length: availableParallelism() }, work));
if (failed.length > 0) {
  console.error(`\nFailed: ${failed.join(', ')}. Formatting is repaired by \`npm run format\`.`);
  process.exit(1);
}
console.log(`\nAll ${checks.length} checks passed.`);

async function work() {
  for (let check = waiting.shift(); check; check = waiting.shift()) {
    const [name, command] = check;
    const { status, output } = await run(command);
    console.log(`\n── ${name}: ${command}`);
    process.stdout.write(output);
    if (status !== 0) failed.push(name);
  }
}

/** Resolves to the output of both streams and the exit code; `null` for a killed process. */
function run(command) {
  return new Promise((resolve) => {
    const child = spawn(command, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], shell: true, env });
    let output = '';
    const collect = (chunk) => void (output += chunk);
    child.stdout.setEncoding('utf8').on('data', collect);
    child.stderr.setEncoding('utf8').on('data', collect);
    child.once('error', (error) => resolve({ status: 1, output: `${output}${error.message}\n` }));
    child.once('close', (status) => resolve({ status, output }));
  });
}
