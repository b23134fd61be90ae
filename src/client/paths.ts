/** What the OpenAPI document says, as types of calls. Nothing here knows a single path. */

import type { Client, ClientPathsWithMethod, FetchResponse, MaybeOptionalInit } from 'openapi-fetch';
import type { components, paths } from './openapi.ts';

/** Every operation by path and method, the path as it follows `/api/v1`. */
export type Paths = {
  [Path in keyof paths as Path extends `/api/v1${infer Rest}` ? Rest : never]: paths[Path];
};

/** The shapes that answers are made of, by name: `Schemas['Conversation']`. */
export type Schemas = components['schemas'];

/** The methods of the operator API. */
export type HttpMethod = 'get' | 'put' | 'post' | 'delete' | 'patch';

/** The paths that know the method. */
export type PathsWith<Method extends HttpMethod> = ClientPathsWithMethod<Client<Paths>, Method>;

/** What a call is given: `params` with `path`, `query` and `header`, a `body`, and a `signal` that ends it. */
export type Init<Method extends HttpMethod, Path extends PathsWith<Method>> = Pick<
  NonNullable<MaybeOptionalInit<Paths[Path], Method>>,
  'params' | 'body' | 'bodySerializer' | 'headers' | 'signal'
>;

/** What a call resolves to; `undefined` where the api answers with 204. */
export type Answer<Method extends HttpMethod, Path extends PathsWith<Method>> =
  Paths[Path] extends Record<Method, infer Operation extends Record<string | number, unknown>>
    ? Extract<FetchResponse<Operation, object, 'application/json'>, { readonly error?: never }>['data']
    : never;

/** The arguments after the path: none are needed where all of them are optional. */
export type Rest<Method extends HttpMethod, Path extends PathsWith<Method>> =
  undefined extends MaybeOptionalInit<Paths[Path], Method> ? [init?: Init<Method, Path>] : [init: Init<Method, Path>];

/** A call by this method. */
export type Call<Method extends HttpMethod> = <Path extends PathsWith<Method>>(
  path: Path,
  ...init: Rest<Method, Path>
) => Promise<Answer<Method, Path>>;

/** What a list has. */
export type Item<Path extends PathsWith<'get'>> =
  Answer<'get', Path> extends { readonly items: readonly (infer Each)[] } ? Each : never;

/** The paths of lists. */
export type ListPath = { [Path in PathsWith<'get'>]: Item<Path> extends never ? never : Path }[PathsWith<'get'>];

/** All items of a list. */
export type List = <Path extends ListPath>(path: Path, ...init: Rest<'get', Path>) => AsyncIterable<Item<Path>>;
