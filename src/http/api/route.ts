// One address of the REST interface as data: who may call it, what it takes, what it does. The
// table of all of them is walked by the router, by tests, and by whatever describes the interface.
import type { Readable } from 'node:stream';
import type { z } from 'zod';
import type { ErrorCode } from '#platform/errors.ts';
import type { ManagementScope } from '#core/clients/scopes.ts';
import type { ApiCaller } from '#oidc/tokens/management-tokens.ts';

export type RouteMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** What the `{id}` of a path looks like, and how its absence is told. */
export interface IdForm {
  readonly form: RegExp;
  readonly code: ErrorCode;
  readonly message: string;
}

/** What must hold for the act to take place (RFC 9110 13.1). */
export interface Conditions {
  /** The version in If-Match; `undefined`: there is none, `NaN`: it is none of ours. */
  readonly version: number | undefined;
  /** If-None-Match: *. */
  readonly mustBeNew: boolean;
}

/** A request that has passed the guard. */
export interface Call<Query, Body> {
  readonly caller: ApiCaller;
  /** Of the path; empty where it has none. */
  readonly id: string;
  /** Of a thing that belongs to what `id` names; empty where the path has none. */
  readonly partId: string;
  /** The `{namespace}` of the path; empty where it has none. */
  readonly namespace: string;
  readonly query: Query;
  readonly body: Body;
  readonly conditions: Conditions;
  /** Says which version is answered with (RFC 9110 8.8.3). */
  tag(version: number): void;
  /** The address and its query without what only says where to go on: what a cursor belongs to. */
  readonly list: string;
}

/** A JSON document, or lines of JSON. */
export type Answer = object | Readable;

interface Facts {
  readonly method: RouteMethod;
  /** Below `/auth/api/v1/`, with at most one `{id}`, and one `{...Id}` or `{namespace}` behind it. */
  readonly path: string;
  /** All of them are needed. */
  readonly scopes: readonly [ManagementScope, ...ManagementScope[]];
  /** One sentence for whoever reads the table. */
  readonly summary: string;
  readonly id?: IdForm;
  readonly part?: IdForm;
}

export interface RouteDefinition<Query extends z.ZodType, Body extends z.ZodType> extends Facts {
  readonly query: Query;
  readonly body: Body;
  handle(call: Call<z.output<Query>, z.output<Body>>): Promise<Answer>;
}

/** As the router needs it: input is checked against the schemas before it is handed on. */
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
    // True because the router hands on what these very schemas have read.
    handle: (call) => definition.handle(call as Call<z.output<Query>, z.output<Body>>),
  };
}
