import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import type { MetaActions } from '../actors/meta-actions.ts';
import { faultSchema } from '../rules/faults.ts';
import type { SimulatorState } from '../simulator-state.ts';
import { INPUT_SCHEMAS, parseInput, withoutUndefined } from './control-inputs.ts';

/** What Meta does: approved templates, webhook deliveries, the Page and its token, faults of the next sends. */
export function metaRoutes(app: FastifyInstance, state: SimulatorState, actions: MetaActions): void {
  const { faults, live, templates, pages } = state;

  app.get('/api/templates', () => templates.all());
  app.post('/api/templates', (request, reply) => {
    const { language, buttons, ...rest } = parseInput(INPUT_SCHEMAS.template, request.body);
    templates.approve({ ...rest, ...(language && { language }), ...(buttons && { buttons }) });
    return reply.code(201).send(templates.all());
  });

  app.post('/api/templates/status', (request) => {
    const { name, language, status } = parseInput(INPUT_SCHEMAS.templateStatus, request.body);
    actions.setTemplateStatus({ name, ...(language && { language }) }, status);
    return templates.all();
  });

  app.post('/api/deliveries/hold', () => {
    actions.holdDeliveries();
    return { isHeld: true };
  });
  app.post('/api/deliveries/release', (request) => {
    actions.releaseDeliveries(withoutUndefined(parseInput(INPUT_SCHEMAS.release, request.body)));
    return { isHeld: false };
  });

  app.post('/api/page', (request) => {
    applyPageChange(actions, parseInput(INPUT_SCHEMAS.page, request.body));
    return { data: pages.all().map(({ id, name, isRestricted }) => ({ id, name, isRestricted })) };
  });

  app.get('/api/faults', () => faults.pending());
  app.post('/api/faults', (request, reply) => {
    faults.add(parseInput(faultSchema, request.body));
    live.notify();
    return reply.code(201).send(faults.pending());
  });
  app.delete('/api/faults', () => {
    faults.clear();
    live.notify();
    return faults.pending();
  });
}

function applyPageChange(actions: MetaActions, change: z.infer<typeof INPUT_SCHEMAS.page>): void {
  switch (change.does) {
    case 'restrict':
      return actions.restrictPage(change.reason, change.pageId);
    case 'warn':
      return actions.warnPage(change.reason, change.pageId);
    case 'lift':
      return actions.liftRestriction(change.pageId);
    case 'unsubscribe_app':
      return actions.unsubscribeApp(change.pageId);
    case 'expire_token':
      return actions.expireToken(change.pageId);
    case 'replace_token':
      return actions.replaceToken(change.token, change.pageId);
    case 'publish_app':
    case 'unpublish_app':
      return actions.setAppLive(change.does === 'publish_app');
  }
}
