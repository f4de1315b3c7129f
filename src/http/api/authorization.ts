// Authenticates and authorizes calls of the management API by access token. Cookies are ignored, so
// another site cannot make a browser call it. Every refusal is written to the audit log.
import { twoFactorAcr } from '#core/sessions/authentication.ts';
import type { AuditActor } from '#core/audit/audit.ts';
import { AppError } from '#platform/errors.ts';
import type { Context } from '#http/context.ts';
import { needing, type ApiCaller, type ManagementTokens } from '#oidc/tokens/management-tokens.ts';
import { challengeBearer, readBearer, type BearerError } from './bearer.ts';
import type { RefusedCalls } from './refused-calls.ts';
import type { Route } from './route.ts';

export interface GuardDependencies {
  readonly issuer: string;
  readonly tokens: ManagementTokens;
  readonly refusals: RefusedCalls;
  /** True if users must have signed in with a second factor. */
  readonly needsSecondFactor?: boolean;
}

interface Refused {
  readonly code: BearerError;
  readonly message: string;
  readonly actor: AuditActor;
  readonly scope?: string;
  readonly acrValues?: string;
}

export function createApiAuthorization(dependencies: GuardDependencies) {
  const { issuer, tokens, refusals, needsSecondFactor = false } = dependencies;

  async function refuse(ctx: Context, route: string, refused: Refused): Promise<never> {
    const { code, message, actor, scope, acrValues } = refused;
    const error = new AppError(code, message);
    challengeBearer(ctx, { realm: issuer, error: code, scope, acrValues });
    await refusals.note({ address: ctx.ip, actor, route, status: error.status, code, scope });
    throw error;
  }

  /** @throws AppError `insufficient_user_authentication` naming the required `acr` */
  async function requireSecondFactor(
    ctx: Context,
    route: string,
    caller: ApiCaller,
  ): Promise<ApiCaller> {
    const { actor, acr } = caller;
    if (!needsSecondFactor || actor.kind !== 'user' || acr === twoFactorAcr) return caller;
    const code = 'insufficient_user_authentication';
    const message = 'The user must sign in with a second factor.';
    return refuse(ctx, route, { code, message, actor, acrValues: twoFactorAcr });
  }

  return {
    /** @throws AppError `invalid_token`, identical for every invalid token */
    async authenticate(ctx: Context, route: string): Promise<ApiCaller> {
      const token = readBearer(ctx);
      const caller = token === undefined ? undefined : await tokens.read(token);
      if (caller) return requireSecondFactor(ctx, route, caller);
      const message = 'The access token is missing or invalid.';
      return refuse(ctx, route, { code: 'invalid_token', message, actor: { kind: 'anonymous' } });
    },
    /**
     * @returns the caller, whose writes need the scopes of the route
     * @throws AppError `insufficient_scope` naming the required scopes
     */
    async authorize(
      ctx: Context,
      route: string,
      caller: ApiCaller,
      { scopes }: Route,
    ): Promise<ApiCaller> {
      const { actor } = caller;
      const scope = scopes.join(' ');
      const code = 'insufficient_scope';
      if (!scopes.every((each) => caller.scopes.has(each))) {
        const message = `The access token needs the scope ${scope}.`;
        await refuse(ctx, route, { code, message, actor, scope });
      }
      if (caller.isOperator) return needing(caller, scopes);
      // The scope alone is not enough: any user who signs in to an administrative client could
      // obtain it.
      const message = 'The user of the access token is not an administrator.';
      return refuse(ctx, route, { code, message, actor });
    },
    /**
     * Writes a refusal to the audit log that a handler decided, because only the handler knows the object.
     */
    async noteForbidden(ctx: Context, route: string, { actor }: ApiCaller, error: AppError) {
      const { status, code } = error;
      await refusals.note({ address: ctx.ip, actor, route, status, code, scope: undefined });
    },
  };
}

export type Guard = ReturnType<typeof createApiAuthorization>;
