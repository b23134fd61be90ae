/**
 * `everthread/client`: the operator API from a program in TypeScript, on a server or in a browser. Paths, bodies and answers
 * have the types of the OpenAPI document (`openapi.ts`, which `npm run openapi` writes).
 */

export { ApiError, type ApiErrorCode } from './api-error.ts';
export { createClient, type EverthreadClient, type ClientOptions } from './client.ts';
export type { Answer, Call, HttpMethod, Init, Item, List, Paths, PathsWith, Schemas } from './paths.ts';
