// A route of the management API as data: who may call it, its input and its handler. The router,
// the tests and the OpenAPI description read the table of all routes.
import type { Readable } from 'node:stream';
import type { z } from 'zod';
import type { ErrorCode } from '#platform/errors.ts';
import type { ManagementScope } from '#core/clients/scopes.ts';
import type { ApiCaller } from '#oidc/tokens/management-tokens.ts';

export type RouteMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** The format of an id in a path, and the error if it is not found. */
export interface IdForm {
  readonly form: RegExp;
  readonly code: ErrorCode;
  readonly message: string;
}

/** Preconditions of the request (RFC 9110 §13.1). */
export interface Conditions {
  /**
   * The version in If-Match; `undefined` without the header, `NaN` if it is not a version of ours.
   */
  readonly version: number | undefined;
  /** If-None-Match: *. */
  readonly mustBeNew: boolean;
}

/** An authenticated and authorized request. */
export interface Call<Query, Body> {
  readonly caller: ApiCaller;
  /** The `{id}` of the path; empty if the path has none. */
  readonly id: string;
  /** The id of a subresource of `id`; empty if the path has none. */
  readonly partId: string;
  /** The `{namespace}` of the path; empty if the path has none. */
  readonly namespace: string;
  readonly query: Query;
  readonly body: Body;
  readonly conditions: Conditions;
  /** Sets the ETag of the response (RFC 9110 §8.8.3). */
  tag(version: number): void;
  /**
   * The path and the query without the paging parameters; identifies the list that a cursor belongs
   * to.
   */
  readonly list: string;
}

/** A JSON document, or newline-delimited JSON. */
export type Answer = object | Readable;

interface Facts {
  readonly method: RouteMethod;
  /**
   * Relative to `/auth/api/v1/`, with at most one `{id}` followed by one `{...Id}` or
   * `{namespace}`.
   */
  readonly path: string;
  /** The caller needs all of them. */
  readonly scopes: readonly [ManagementScope, ...ManagementScope[]];
  /** One sentence for the documentation. */
  readonly summary: string;
  readonly id?: IdForm;
  readonly part?: IdForm;
}

export interface RouteDefinition<Query extends z.ZodType, Body extends z.ZodType> extends Facts {
  readonly query: Query;
  readonly body: Body;
  handle(call: Call<z.output<Query>, z.output<Body>>): Promise<Answer>;
}

/**
 * A route with untyped input: the router validates the input against the schemas before the call.
 */
export interface Route extends Facts {
  readonly query: z.ZodType;
  readonly body: z.ZodType;
  handle(call: Call<unknown, unknown>): Promise<Answer>;
}

export function defineRoute<Query extends z.ZodType, Body extends z.ZodType>(
  definition: RouteDefinition<Query, Body>,
): Route {
  return {
    ...definition,
    // True because the router passes the output of these schemas.
    handle: (call) => definition.handle(call as Call<z.output<Query>, z.output<Body>>),
  };
}
