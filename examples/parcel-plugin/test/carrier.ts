/** A carrier's server on this machine. */

import { createServer, type Server } from 'node:http';

const PORT = 20_417;
export const CARRIER = `http://127.0.0.1:${PORT}/`;

/** Starts a carrier that knows the parcels in `places`, which a test may change; answers 500 while there are none. */
export function startCarrier(places: Map<string, string>): Promise<Server> {
  const carrier = createServer((request, response) => {
    const place = places.get(request.url?.slice(1) ?? '');
    response.statusCode = places.size === 0 ? 500 : place === undefined ? 404 : 200;
    response.end(JSON.stringify({ place }));
  });
  return new Promise((resolve) => carrier.listen(PORT, '127.0.0.1', () => resolve(carrier)));
}
