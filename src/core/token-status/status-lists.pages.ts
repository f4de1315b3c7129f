// Serves the status lists and the list of their URLs. Both are public: without a token, a list says nothing.
import type Router from '@koa/router';
import { AppError } from '#platform/errors.ts';
import { statusListsPath } from './status-list.ts';
import type { StatusLists } from './status-lists.service.ts';

export interface StatusListPageDependencies {
  readonly statusLists: StatusLists;
}

/** APIs follow the `ttl` of the list; a caching proxy must not add to it. */
const cacheControl = 'public, max-age=1';
const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

export function addStatusLists(router: Router, { statusLists }: StatusListPageDependencies): void {
  router.get(statusListsPath, async (ctx) => {
    ctx.set('Cache-Control', cacheControl);
    ctx.set('Access-Control-Allow-Origin', '*');
    ctx.body = { status_lists: await statusLists.list() };
  });
  router.get(`${statusListsPath}/:id`, async (ctx) => {
    const id = String(ctx.params['id']);
    const list = uuid.test(id) ? await statusLists.find(id) : undefined;
    if (!list) throw new AppError('not_found', 'Status list not found.');
    ctx.set('Cache-Control', cacheControl);
    ctx.set('Access-Control-Allow-Origin', '*');
    ctx.set('ETag', list.etag);
    ctx.type = 'application/statuslist+jwt';
    ctx.status = 200;
    if (ctx.fresh) ctx.status = 304;
    else ctx.body = list.jwt;
  });
}
