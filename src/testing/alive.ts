const A_LONG_TIME_MS = 2 ** 30;

/** Keeps the process alive while this goes on: what waits for Temporal's native part alone does not. */
export async function keepAlive<T>(work: () => Promise<T>): Promise<T> {
  const hold = setInterval(() => {}, A_LONG_TIME_MS);
  try {
    return await work();
  } finally {
    clearInterval(hold);
  }
}

/** Whether there is a process with this id. Ids are used again. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
