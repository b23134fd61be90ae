/** `on 2026-11-21 at 13:05 UTC` */
export function momentOf(at: number): string {
  const [day = '', time = ''] = new Date(at).toISOString().split('T');
  return `on ${day} at ${time.slice(0, 5)} UTC`;
}
