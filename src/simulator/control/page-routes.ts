import type { FastifyInstance } from 'fastify';
import { sendFile, webPageRoutes } from '../../web-page.ts';
import type { SimulatorState } from '../simulator-state.ts';
import type { Person } from '../state/people.ts';

/** Serves the page under `/`, its files under `/page`, and people's profile pictures. */
export function pageRoutes(app: FastifyInstance, state: SimulatorState): void {
  webPageRoutes(app, 'simulator');

  app.get<{ Params: { psid: string } }>('/pictures/:psid.svg', (request, reply) => {
    return sendFile(reply, 'image/svg+xml', drawProfilePicture(state.people.get(request.params.psid)));
  });
}

/** An SVG with a person's initials on a colour that stays the same. */
function drawProfilePicture({ psid, firstName, lastName }: Person): string {
  const hue = (Number(psid.slice(-6)) * 47) % 360;
  const initials = [firstName, lastName].map((name) => /[\p{L}\p{N}]/u.exec(name)?.[0] ?? '').join('');
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 80">',
    `<rect width="80" height="80" fill="hsl(${hue} 52% 46%)"/>`,
    '<text x="40" y="41" fill="#fff" font-family="system-ui,sans-serif" font-size="32" font-weight="600"',
    ` text-anchor="middle" dominant-baseline="central">${initials.toUpperCase()}</text></svg>`,
  ].join('');
}
