const CHECK_EVERY_MS = 250;

/**
 * Makes a SIGTERM to `npx everthread` or `npm run` stop this process. npm passes the signal on to the shell that it has put
 * between, and a shell such as dash ends without passing it on: the sign of that is another parent process.
 */
export function stopWithNpm(env: NodeJS.ProcessEnv): void {
  if (env['npm_command'] === undefined) return;
  const shell = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, CHECK_EVERY_MS);
  timer.unref();
}
