import { spawn } from 'node:child_process';

/** Reads until its input closes, at the latest when this process dies; then ends the server and removes the folder. */
const SCRIPT = `
read -r _
kill -INT "$1" 2> /dev/null
for _ in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$1" 2> /dev/null || break; sleep 0.5; done
kill -KILL "$1" 2> /dev/null
[ -z "$2" ] || rm -rf "$2"
`;

/** Ends a server even when the test run is killed; call the returned function once the server has been stopped. */
export function guardAgainstKill(pid: number, folder = ''): () => void {
  const guard = spawn('/bin/sh', ['-c', SCRIPT, 'cleanup-guard', String(pid), folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.unref();
  return () => void guard.kill('SIGKILL');
}
