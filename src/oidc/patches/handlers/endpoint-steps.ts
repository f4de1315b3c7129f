// The functions with which oidc-provider answers a request, for the fast path (docs/decisions/0050): it
// runs the same functions without oidc-provider's router, parser and CORS middleware. The server does not
// start if oidc-provider lacks one of them, and test/integration/fast-path/ compares the responses.
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import contexts from 'oidc-provider/lib/helpers/als.js';
import introspection from 'oidc-provider/lib/actions/introspection.js';
import token from 'oidc-provider/lib/actions/token.js';
import userinfo from 'oidc-provider/lib/actions/userinfo.js';
import createErrorHandler from 'oidc-provider/lib/shared/error_handler.js';
import type { Context } from '#http/context.ts';
import type { Steps } from '#oidc/patches/overhead/engine-version.ts';

export type Step = (ctx: KoaContextWithOIDC, next: () => Promise<unknown>) => unknown;

const endpoints = { introspection, token, userinfo } as const;

export type FastEndpoint = keyof typeof endpoints;

/** The function of lib/actions/<endpoint>.js with this name. @throws TypeError */
export const stepOf = (endpoint: FastEndpoint, name: string): Step =>
  findStep(endpoints[endpoint], name);

/**
 * The step with this name.
 * @throws TypeError if there is none, or more than one
 */
export function findStep(steps: Steps, name: string): Step {
  const [step, ...others] = steps.filter((each) => each.name === name);
  if (!step || others.length > 0) {
    throw new TypeError(`oidc-provider has no single function ${name}`);
  }
  return step as unknown as Step; // a middleware of Koa; the modules have no types
}

const errorEvents = {
  introspection: 'introspection.error',
  token: 'grant.error',
  userinfo: 'userinfo.error',
} as const;

/** Steps that answer an error of later steps as the endpoint does, with its challenge, and emit its event. */
export function errorStepsOf(endpoint: FastEndpoint): readonly Step[] {
  return [createErrorHandler(errorEvents[endpoint]), stepOf(endpoint, 'setWWWAuthenticateHeader')];
}

/** Runs the steps as nested middleware, as Koa does. */
export async function runSteps(steps: readonly Step[], ctx: KoaContextWithOIDC): Promise<void> {
  const runFrom = async (position: number): Promise<unknown> =>
    steps[position]?.(ctx, () => runFrom(position + 1));
  await runFrom(0);
}

export interface StepInput {
  /** The form, without empty parameters. */
  readonly body: Readonly<Record<string, string>>;
  /** Every parameter that the steps read. */
  readonly params: Record<string, string | undefined>;
}

/** What oidc-provider keeps about a request that its router has matched. */
type ContextClass = new (ctx: Context) => KoaContextWithOIDC['oidc'];

/** Runs the work as if oidc-provider's router had matched the route and parsed the request. */
export function runInContextOf<Result>(
  provider: Provider,
  ctx: Context,
  { body, params }: StepInput,
  work: (ctx: KoaContextWithOIDC) => Promise<Result>,
): Promise<Result> {
  // The published types omit the class.
  const { OIDCContext } = provider as unknown as { OIDCContext: ContextClass };
  const oidc = Object.assign(new OIDCContext(ctx), { body, params });
  const own = Object.assign(ctx, { oidc }) as unknown as KoaContextWithOIDC; // now it has `oidc`
  return contexts.run(own, () => work(own));
}
