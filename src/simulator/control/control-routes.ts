import type { FastifyInstance } from 'fastify';
import type { SimulatorState } from '../simulator-state.ts';
import { metaRoutes } from './meta-routes.ts';
import { personRoutes, type ControlActions } from './person-routes.ts';
import { stateView } from './state-view.ts';

/** The control API under `/api`: what the page reads and does; open to scripts on this machine as well. */
export function controlRoutes(app: FastifyInstance, state: SimulatorState, actions: ControlActions): void {
  app.get('/api/state', () => stateView(state));
  personRoutes(app, state, actions);
  metaRoutes(app, state, actions);
}
