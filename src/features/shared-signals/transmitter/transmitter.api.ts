// The endpoints for receivers: discovery, and the management of streams (SSF 1.0 §7 and §8) with an
// access token of the receiver. Cookies are ignored.
import { Router, type RouterContext } from '@koa/router';
import type { Context, Next } from '#http/context.ts';
import { challengeBearer, readBearer, type BearerError } from '#http/api/bearer.ts';
import type { RefusedCalls } from '#http/api/refused-calls.ts';
import { readJson } from '#http/request/input.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import type { UrlAreas } from '#http/url-areas.ts';
import type { SignalCaller, SignalCallers } from '#oidc/clients/signal-callers.ts';
import { AppError } from '#platform/errors.ts';
import { createHeldPolls } from './held-polls.api.ts';
import {
  transmitterRoutes,
  type TransmitterRoute,
  type TransmitterServices,
} from './transmitter-routes.api.ts';
import { metadataPath, transmitterMetadata } from './transmitter-metadata.ts';

export interface TransmitterDependencies extends TransmitterServices {
  readonly signalCallers: SignalCallers;
  readonly refusals: RefusedCalls;
  readonly addresses: UrlAreas;
}

const metadataSeconds = 300;

export function createTransmitter(dependencies: TransmitterDependencies) {
  const { addresses, issuer } = dependencies;
  const router = new Router({ sensitive: true, strict: true });
  const metadata = JSON.stringify(transmitterMetadata(issuer));
  const authorize = createAuthorization(dependencies);
  const hold = createHeldPolls();

  router.get(metadataPath, (ctx: Context) => {
    ctx.set('Cache-Control', `public, max-age=${metadataSeconds}`);
    ctx.set('Access-Control-Allow-Origin', '*');
    ctx.set('Content-Type', 'application/json; charset=utf-8');
    ctx.body = metadata;
  });
  for (const route of transmitterRoutes(dependencies)) {
    router.register(
      route.path,
      [route.method],
      [unlimited('authenticatedCaller'), (ctx: Context) => serve(ctx, route)],
    );
  }
  const dispatch = router.routes();

  async function serve(ctx: Context, route: TransmitterRoute): Promise<void> {
    const { clientId } = await authorize(ctx, route);
    const body = ctx.method === 'GET' || ctx.method === 'DELETE' ? undefined : await readJson(ctx);
    const streamId = new URLSearchParams(ctx.querystring).get('stream_id') ?? undefined;
    const { pollId } = ctx['params'] as { pollId?: string }; // set by the router
    const first = route.handle({ clientId, body, streamId: pollId ?? streamId });
    const again = async () => {
      const caller = await authorize(ctx, route);
      return route.handle({ clientId: caller.clientId, body, streamId: pollId ?? streamId });
    };
    const isGone = () => ctx.req.socket.destroyed;
    const answer = route.isHeld ? await hold({ body, first, again, isGone }) : await first;
    ctx.status = route.status;
    if (answer === undefined) {
      ctx.body = route.status === 204 ? null : '';
      return;
    }
    ctx.set('Content-Type', 'application/json; charset=utf-8');
    ctx.body = JSON.stringify(answer);
  }

  /** The document is also at the root of the host, followed by the path of the issuer (§7.2.1). */
  const rootPath = `${metadataPath}${addresses.basePath}`;

  return function serveTransmitter(ctx: Context, next: Next): unknown {
    const isBelow = ctx.path.startsWith(`${addresses.basePath}/`);
    if (ctx.path !== rootPath && !isBelow) return next();
    const path = ctx.path === rootPath ? metadataPath : addresses.shorten(ctx.path);
    if (path !== metadataPath && !path.startsWith('/oauth2/ssf/')) return next();
    ctx['newRouterPath'] = path;
    // True because the router itself adds the members of its context.
    return dispatch(ctx as RouterContext, () => refuse(ctx));
  };
}

function refuse(ctx: Context): never {
  const matched: readonly { readonly methods: readonly string[] }[] = ctx['matched'];
  if (matched.length === 0) throw new AppError('not_found', 'Not found.');
  ctx.set('Allow', [...new Set(matched.flatMap(({ methods }) => methods))].join(', '));
  throw new AppError('method_not_allowed', 'Method not allowed.');
}

/** @throws AppError `invalid_token` or `insufficient_scope`, written to the audit log */
function createAuthorization({ signalCallers, refusals, issuer }: TransmitterDependencies) {
  interface Refused {
    readonly code: BearerError;
    readonly message: string;
    readonly clientId?: string;
    readonly scope?: string;
  }

  async function refuseCall(ctx: Context, route: TransmitterRoute, refused: Refused) {
    const { code, message, clientId, scope } = refused;
    const error = new AppError(code, message);
    challengeBearer(ctx, { realm: issuer, error: code, ...(scope === undefined ? {} : { scope }) });
    const actor = clientId === undefined ? anonymous : ({ kind: 'client', id: clientId } as const);
    const { path } = route;
    await refusals.note({ address: ctx.ip, actor, route: path, status: error.status, code, scope });
    return error;
  }

  return async (ctx: Context, route: TransmitterRoute): Promise<SignalCaller> => {
    ctx['_matchedRoute'] = route.path;
    const token = readBearer(ctx);
    const caller = token === undefined ? undefined : await signalCallers.read(token);
    if (!caller) {
      const message = 'The access token is missing or invalid.';
      throw await refuseCall(ctx, route, { code: 'invalid_token', message });
    }
    const { scope } = route;
    // The right to manage streams includes the right to read them.
    if (caller.scopes.has(scope) || caller.scopes.has('ssf.manage')) return caller;
    const message = `The access token needs the scope ${scope}.`;
    const { clientId } = caller;
    throw await refuseCall(ctx, route, { code: 'insufficient_scope', message, clientId, scope });
  };
}

const anonymous = { kind: 'anonymous' } as const;
