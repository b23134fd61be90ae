/** A webhook receiver that reads the body, keeps nothing and answers 200: what acknowledging costs at least. */

import { createServer } from 'node:http';
import { serveParent } from './child-process.ts';

const server = createServer((request, response) => {
  request.resume().once('end', () => response.end('EVENT_RECEIVED'));
});

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  serveParent({}, { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}` });
});
