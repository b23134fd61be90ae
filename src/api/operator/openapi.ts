/** The OpenAPI document, generated from the schemas of the routes, and its page. */

import fastifySwagger from '@fastify/swagger';
import fastifySwaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { createJsonSchemaTransformObject, jsonSchemaTransform } from 'fastify-type-provider-zod';
import { SESSION_COOKIE } from './access/authenticate.ts';
import { tidyDocument, type OpenApiDocument } from './openapi-document.ts';

const TITLE = 'everthread operator API';
const DESCRIPTION = [
  'Conversations, people and numbers of everthread, for operators and for programs of the business.',
  'Errors are `application/problem+json` with a `code` and a `cure`.',
  'Every write takes an `Idempotency-Key`.',
].join(' ');

const TAGS = [
  { name: 'session', description: 'Login, logout and who is logged in.' },
  { name: 'conversations', description: 'Conversations, what was said in them, and the people.' },
  { name: 'saved replies', description: 'Texts that operators send again and again.' },
  { name: 'sequences', description: 'Sequences of one person, and of all people.' },
  { name: 'broadcasts', description: 'Messages and sequences for everybody in a segment.' },
  { name: 'live', description: 'What changes, as it changes.' },
  { name: 'topics', description: 'What other systems tell the bot.' },
  { name: 'webhooks', description: 'What other systems are told, and where.' },
  { name: 'reports', description: 'Leads, funnels, numbers, and traces of messages.' },
  {
    name: 'administration',
    description: 'Health, settings, dead events, quarantined workflows, and the operator log.',
  },
  { name: 'operators', description: 'Those who may use this API, and their tokens.' },
  { name: 'personal data', description: 'A copy of everything of a person, and its erasure.' },
];

const addSchemas = createJsonSchemaTransformObject({});

/** Serves `/docs` and `/docs/json`; register it before the routes that it describes. */
export async function describeRoutes(app: FastifyInstance): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: TITLE, version: '1', description: DESCRIPTION },
      tags: TAGS,
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', description: 'From `everthread operators token NAME`.' },
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: SESSION_COOKIE,
            description: 'From `POST /api/v1/session`. Browsers keep it by themselves: leave this empty.',
          },
        },
      },
      security: [{ token: [] }, { session: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: (generated) =>
      tidyDocument(addSchemas(generated) as OpenApiDocument) as ReturnType<typeof addSchemas>,
  });
  await app.register(fastifySwaggerUi, {
    routePrefix: '/docs',
    // Everything comes from this listener; the page sets styles on its elements.
    staticCSP: {
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': ["'self'", "'unsafe-inline'"],
      'img-src': ["'self'", 'data:'],
      'connect-src': "'self'",
      'base-uri': "'none'",
      'form-action': "'none'",
      'frame-ancestors': "'none'",
    },
    // Without the bar in which any address can be typed.
    uiConfig: { layout: 'BaseLayout', validatorUrl: null, deepLinking: true },
    theme: { title: TITLE },
  });
}
