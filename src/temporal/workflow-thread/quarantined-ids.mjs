/** The ids of quarantined workflows, as the main thread sends them. */

/**
 * @param {import('node:worker_threads').MessagePort} port
 * @param {readonly string[]} first
 */
export function followQuarantine(port, first) {
  let ids = new Set(first);
  port.on('message', (next) => {
    ids = new Set(next);
  });
  // The SDK ends the thread; this port keeps nothing alive.
  port.unref();
  return (workflowId) => ids.has(workflowId);
}
