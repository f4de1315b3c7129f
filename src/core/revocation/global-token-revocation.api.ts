// Endpoint of Global Token Revocation: an authorized caller names a user, whose sessions, grants
// and tokens are revoked. The response has a status only; 204 means that the revocation is
// complete.
import { z } from 'zod';
import type { AuditActor } from '#core/audit/audit.ts';
import { AppError } from '#platform/errors.ts';
import { globalRevocationScope, splitScope } from '#core/clients/scopes.ts';
import { readSubjectNames } from '#core/users/subject-identifiers.ts';
import type { UrlAreas } from '#http/url-areas.ts';
import type { Context, Next } from '#http/context.ts';
import { readJson } from '#http/request/input.ts';
import { globalRevocationPath } from '#oidc/configuration.ts';
import type { SignedCallers } from '#oidc/clients/signed-callers.ts';
import type { GlobalRevocation } from './global-token-revocation.service.ts';
import { checkToken } from '#platform/strict-json.ts';
import { challengeBearer, readBearer, type BearerError } from '#http/api/bearer.ts';
import type { RefusedCalls } from '#http/api/refused-calls.ts';
import { readInput } from '#http/api/schemas.ts';

export interface GlobalTokenRevocationDependencies {
  readonly issuer: string;
  readonly addresses: UrlAreas;
  readonly callers: SignedCallers;
  readonly revocation: GlobalRevocation;
  readonly refusals: RefusedCalls;
}

const request = z.strictObject({
  sub_id: z
    .unknown()
    .refine((value) => value !== undefined)
    .describe('a subject identifier'),
});

export function createGlobalTokenRevocation(dependencies: GlobalTokenRevocationDependencies) {
  const { issuer, addresses, callers, revocation, refusals } = dependencies;
  const endpoint = `${issuer}${globalRevocationPath}`;

  async function refuse(ctx: Context, error: BearerError, actor: AuditActor): Promise<void> {
    const scope = error === 'insufficient_scope' ? globalRevocationScope : undefined;
    challengeBearer(ctx, { realm: issuer, error, ...(scope === undefined ? {} : { scope }) });
    const { status } = new AppError(error, '');
    ctx.status = status;
    ctx.body = { error };
    const route = globalRevocationPath;
    await refusals.note({ address: ctx.ip, actor, route, status, code: error, scope });
  }

  async function revoke(ctx: Context): Promise<void> {
    const token = readBearer(ctx) ?? '';
    checkToken(token);
    const caller = await callers.authenticate(token, endpoint);
    if (!caller) return refuse(ctx, 'invalid_token', { kind: 'anonymous' });
    const actor: AuditActor = { kind: 'client', id: caller.clientId };
    const rights = splitScope(caller.metadata['scope']);
    if (!rights.includes(globalRevocationScope)) return refuse(ctx, 'insufficient_scope', actor);

    const { sub_id: subject } = readInput(request, await readJson(ctx), 'body');
    await revocation.revoke(readSubjectNames(subject), actor);
    ctx.status = 204;
  }

  return async function serveGlobalTokenRevocation(ctx: Context, next: Next): Promise<unknown> {
    if (addresses.shorten(ctx.path) !== globalRevocationPath) return next();
    ctx['_matchedRoute'] = globalRevocationPath;
    if (ctx.method === 'POST') return revoke(ctx);
    ctx.set('Allow', 'POST');
    throw new AppError('method_not_allowed', 'This endpoint accepts POST only.');
  };
}
