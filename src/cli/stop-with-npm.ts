const CHECK_EVERY_MS = 250;

/**
 * Makes a SIGTERM to `npx everthread` or `npm run` stop this process. npm passes the signal to the shell between npm and
 * this process, and a shell such as dash ends without passing it on; this process then has another parent.
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
