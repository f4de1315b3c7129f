// A route of the management API as data: who may call it, its rate limit, input, responses and
// handler. The router, the tests and a description for clients (OpenAPI) read it.
import type { z } from 'zod';
import type { ManagementScope } from '#core/clients/scopes.ts';
import type { ApiCaller } from '#oidc/tokens/management-tokens.ts';
import type { RouteLimit } from '#http/rate-limit/route-limit.ts';
import type { Conditions } from './conditions.ts';
import type { Creates } from './creation.ts';
import type { PathParameter } from './parameters.ts';
import type { Answer, Responses, Success } from './responses.ts';
import { nothing } from './schemas.ts';

export type RouteMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** The names in braces: `userId` in `/users/{userId}/block`. */
type NameIn<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | NameIn<Rest>
  : never;

/** An authenticated and authorized request with validated input. */
export interface Call<Name extends string, Query, Body> {
  readonly caller: ApiCaller;
  readonly params: { readonly [Each in Name]: string };
  readonly query: Query;
  readonly body: Body;
  readonly conditions: Conditions;
  /** Sets the ETag of the response (RFC 9110 §8.8.3). */
  tag(version: number | string): void;
  /** Creates a resource, once per Idempotency-Key; for routes with status 201. */
  readonly creates: Creates;
  /** Identifies the list that a cursor belongs to: the path, and the query without paging. */
  readonly list: string;
}

interface Facts {
  readonly method: RouteMethod;
  /** Required scopes; the caller needs all of them. */
  readonly scopes: readonly [ManagementScope, ...ManagementScope[]];
  readonly rateLimit: RouteLimit;
  /** One sentence for the documentation. */
  readonly summary: string;
}

export interface RouteDefinition<
  Path extends string,
  Output extends Success,
  Query extends z.ZodType,
  Body extends z.ZodType,
> extends Facts {
  /** Relative to `apiPrefix`. */
  readonly path: Path;
  /** One parameter for each name in the path. */
  readonly params: { readonly [Name in NameIn<Path>]: PathParameter };
  /** Without a schema, query parameters are refused. */
  readonly query?: Query;
  /** Without a schema, the body must be absent or an empty object. */
  readonly body?: Body;
  readonly responses: Responses<Output>;
  handle(call: Call<NameIn<Path>, z.output<Query>, z.output<Body>>): Promise<Answer<Output>>;
}

/** A route whose types are known at run time only; the router validates the input. */
export interface Route extends Facts {
  readonly path: string;
  readonly params: Readonly<Record<string, PathParameter>>;
  readonly query: z.ZodType;
  readonly body: z.ZodType;
  readonly responses: Responses;
  handle(call: Call<string, unknown, unknown>): Promise<unknown>;
}

type Nothing = typeof nothing;

export function defineRoute<
  const Path extends string,
  Output extends Success,
  Query extends z.ZodType = Nothing,
  Body extends z.ZodType = Nothing,
>(definition: RouteDefinition<Path, Output, Query, Body>): Route {
  type TypedCall = Call<NameIn<Path>, z.output<Query>, z.output<Body>>;
  return {
    query: nothing,
    body: nothing,
    ...definition,
    // True because the router passes the named parameters and the output of these schemas.
    handle: (call) => definition.handle(call as TypedCall),
  };
}
