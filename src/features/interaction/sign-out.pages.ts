// Shown when the user declines to sign out: the session is unchanged, and the page links back to
// the client. Logout itself is in oidc/sign-in/sign-out.ts.
import type Router from '@koa/router';
import { readQuery } from '#http/request/input.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import { viewOf } from './registered-client.pages.ts';
import type { SitePages } from '#http/site-pages.ts';
import type { ClientView } from '#http/rendering/client-view.ts';
import { defineView } from '#http/rendering/view.ts';

export interface StayedLocals {
  readonly client?: ClientView | undefined;
  /** The address of the account that stays signed in. */
  readonly email?: string | undefined;
  readonly returnHref?: string | undefined;
  readonly accountHref: string;
}

export const stayedView = defineView<StayedLocals>('interaction/stayed');

export interface SignOutPageDependencies {
  readonly site: SitePages;
  readonly clients: Clients;
}

export const stayPath = '/auth/sign-out/stay';

export function addSignOutPages(router: Router, { site, clients }: SignOutPageDependencies): void {
  router.get(stayPath, async (ctx) => {
    const clientId = readQuery(ctx).get('client_id');
    const known = clientId === '' ? undefined : await clients.find(clientId);
    const client = known && viewOf(known);
    // The link uses the registered `client_uri`, never a URL from the request (open redirect).
    site.render(ctx, stayedView, {
      client,
      email: (await site.signedIn(ctx))?.user.email,
      returnHref: client?.uri,
      accountHref: site.address('/auth/account'),
    });
  });
}
