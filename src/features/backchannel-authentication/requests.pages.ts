// The page with the pending requests for the signed-in user (OpenID CIBA): which app asks, for what access,
// with which message, from where and when. Allowing requires a recent authentication, denying does not.
import { unlimited } from '#http/rate-limit/route-limit.ts';
import type Router from '@koa/router';
import { requestsPath as path } from '#core/backchannel-requests/backchannel-requests.service.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import type { AccountVisit, SessionGuard } from '#features/account/account-session.pages.ts';
import type { CustomAttributes } from '#features/custom-attributes/custom-attributes.service.ts';
import { titlesIn } from '#features/custom-attributes/titles.pages.ts';
import { viewOf } from '#features/interaction/registered-client.pages.ts';
import type { Context } from '#http/context.ts';
import { showCountry } from '#http/i18n/countries.ts';
import { createTranslator } from '#http/i18n/locales.ts';
import { showExactTime, type ExactTime } from '#http/i18n/times.ts';
import { confirmFirst } from '#http/reauthentication/confirm-first.ts';
import type { ReauthenticationGate } from '#http/reauthentication/reauthentication-gate.ts';
import type { ClientView } from '#http/rendering/client-view.ts';
import { detailTitles } from '#http/rendering/consent/detail-titles.ts';
import { describeRequest, type RequestLine } from '#http/rendering/scope-descriptions.ts';
import { defineAccountView } from '#http/rendering/view.ts';
import type { SitePages } from '#http/site-pages.ts';
import type {
  BackchannelDecisions,
  Decider,
  WaitingRequest,
} from '#oidc/asynchronous/backchannel-decisions.ts';
import { countryOf } from '#platform/request/geoip.ts';

export interface AccountRequestsLocals {
  readonly requests: readonly {
    readonly client: ClientView;
    readonly message?: string | undefined;
    readonly access: readonly RequestLine[];
    readonly country?: string | undefined;
    readonly address?: string | undefined;
    readonly requested: ExactTime;
    readonly allowAction: string;
    readonly denyAction: string;
  }[];
  /** The request in the form was already answered, or has expired. */
  readonly isLate: boolean;
  /** The page for the reauthentication that allowing requires. */
  readonly confirmHref?: string | undefined;
  readonly formToken: string;
}

export const accountRequestsView = defineAccountView<AccountRequestsLocals>(
  'backchannel-authentication/account-requests',
);

export interface RequestPageDependencies {
  readonly site: SitePages;
  readonly guard: SessionGuard;
  readonly component: ReauthenticationGate;
  readonly backchannelDecisions: BackchannelDecisions;
  readonly supplements: CustomAttributes;
  readonly clients: Clients;
  readonly now: () => Date;
}

export function addRequestPages(router: Router, dependencies: RequestPageDependencies): void {
  const { site, guard, component, backchannelDecisions: decisions } = dependencies;

  router.get(
    path,
    guard.shows((ctx, visit) => show(dependencies, ctx, visit)),
  );

  router.post(
    `${path}/:id/allow`,
    unlimited('signedIn'),
    guard.takes(async (ctx, visit) => {
      if (!(await component.isProven(visit, 'approve_request'))) return site.redirect(ctx, path);
      const done = await decisions.approve(String(ctx.params['id']), deciderOf(visit));
      if (!done) return show(dependencies, ctx, visit, true);
      site.notify(ctx, 'account.notice.request_allowed');
      return site.redirect(ctx, path);
    }),
  );

  router.post(
    `${path}/:id/deny`,
    unlimited('signedIn'),
    guard.takes(async (ctx, visit) => {
      const done = await decisions.deny(String(ctx.params['id']), deciderOf(visit));
      if (!done) return show(dependencies, ctx, visit, true);
      site.notify(ctx, 'account.notice.request_denied');
      return site.redirect(ctx, path);
    }),
  );
}

async function show(
  dependencies: RequestPageDependencies,
  ctx: Context,
  visit: AccountVisit,
  isLate = false,
): Promise<void> {
  const { site, component, backchannelDecisions: decisions } = dependencies;
  const waiting = await decisions.list(visit.user.id);
  const asked = waiting.length > 0 ? await component.ask(visit, 'approve_request') : undefined;
  const confirm = asked && confirmFirst(ctx, asked);
  const locals = {
    requests: await Promise.all(waiting.map((each) => present(dependencies, visit, each))),
    isLate,
    confirmHref: confirm && site.address(confirm),
    formToken: site.formToken(ctx),
  };
  site.render(ctx, accountRequestsView, locals, isLate ? 409 : 200);
}

async function present(
  { site, supplements, clients, now }: RequestPageDependencies,
  { locale, user }: AccountVisit,
  { request, client, access }: WaitingRequest,
) {
  const { id, bindingMessage: message, address, createdAt, content } = request;
  const titles = {
    ...titlesIn(supplements, locale),
    ofDetail: await detailTitles(clients, Object(content['params']), locale),
  };
  const action = site.address(`${path}/${id}`);
  return {
    client: viewOf(client),
    message,
    access: describeRequest(access, createTranslator(locale), titles),
    country: showCountry(countryOf(address), locale),
    address,
    requested: showExactTime(createdAt, now(), locale, user.claims.zoneinfo),
    allowAction: `${action}/allow`,
    denyAction: `${action}/deny`,
  };
}

function deciderOf({ user, actor, acr, amr, signedInAt, sessionUid }: AccountVisit): Decider {
  return { user, by: actor, acr, amr, at: signedInAt, sessionUid };
}
