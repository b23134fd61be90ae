/** `npm run check`: every check, also after one failed; at the end the names of those that failed. */
import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const checks = [
  ['types', 'tsc -p .'],
  ['lint', 'npm run --silent lint'],
  ['format', 'oxfmt --check'],
  ['dead code', 'knip --no-progress'],
  ['architecture', 'vitest run --config vitest.check.config.ts'],
];

const failed = checks.filter(([name, command]) => !passes(name, command)).map(([name]) => name);
if (failed.length > 0) {
  console.error(`\nFailed: ${failed.join(', ')}. Formatting is repaired by \`npm run format\`.`);
  process.exit(1);
}
console.log(`\nAll ${checks.length} checks passed.`);

function passes(name, command) {
  console.log(`\n── ${name}: ${command}`);
  const PATH = [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
  return spawnSync(command, { cwd: root, stdio: 'inherit', shell: true, env: { ...process.env, PATH } }).status === 0;
}
