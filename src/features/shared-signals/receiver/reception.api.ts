// The endpoint to which identity providers push signals (RFC 8935). The signature of the SET authenticates
// the sender.
import { Router, type RouterContext } from '@koa/router';
import type { Context, Next } from '#http/context.ts';
import { limit } from '#http/rate-limit/route-limit.ts';
import type { UrlAreas } from '#http/url-areas.ts';
import type { RefusedCalls } from '#http/api/refused-calls.ts';
import { AppError } from '#platform/errors.ts';
import { describeRefusal, type SignalReception } from './signal-reception.service.ts';

export interface ReceptionDependencies {
  readonly signalReception: SignalReception;
  readonly refusals: RefusedCalls;
  readonly addresses: UrlAreas;
}

const path = '/auth/signals/:provider';
const mediaType = 'application/secevent+jwt';

export function createReception({ signalReception, refusals, addresses }: ReceptionDependencies) {
  const router = new Router({ sensitive: true, strict: true });
  router.register(path, ['POST'], [limit('signals'), receive]);
  const dispatch = router.routes();

  async function receive(ctx: Context): Promise<void> {
    const { body } = ctx.state;
    if (body?.mediaType !== mediaType) {
      throw new AppError('unsupported_media_type', `The body must be ${mediaType}.`);
    }
    const token = Buffer.from(body.bytes).toString('latin1').trim();
    const outcome = await signalReception.receive(String(ctx['params']['provider']), token);
    if (outcome === 'accepted') {
      ctx.status = 202;
      ctx.body = '';
      return;
    }
    const { refused } = outcome;
    const actor = { kind: 'anonymous' } as const;
    await refusals.note({ address: ctx.ip, actor, route: path, status: 400, code: refused });
    ctx.status = 400;
    ctx.set('Content-Type', 'application/json; charset=utf-8');
    ctx.set('Content-Language', 'en');
    ctx.body = JSON.stringify({ err: refused, description: describeRefusal(refused) });
  }

  return function serveReception(ctx: Context, next: Next): unknown {
    const short = addresses.shorten(ctx.path);
    if (!short.startsWith('/auth/signals/')) return next();
    ctx['newRouterPath'] = short;
    ctx['_matchedRoute'] = path;
    // True because the router itself adds the members of its context.
    return dispatch(ctx as RouterContext, () => {
      throw new AppError('not_found', 'Not found.');
    });
  };
}
