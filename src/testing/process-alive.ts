const MAX_INTERVAL_MS = 2 ** 30;

/** Keeps the process alive while `work` runs: a promise that only Temporal's native code settles does not. */
export async function keepProcessAlive<T>(work: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => {}, MAX_INTERVAL_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** True when a process has this id. The system reuses ids. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
