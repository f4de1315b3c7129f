// The buttons of identity providers: sign in, link an identity, or reauthenticate.
import { limit } from '#http/rate-limit/route-limit.ts';
import type Router from '@koa/router';
import type { Context } from '#http/context.ts';
import { readForm, type Form } from '#http/request/input.ts';
import { readAccountPage } from '#http/reauthentication/protected-actions.ts';
import type { ProviderClient } from '#features/federation/upstream/provider-client.service.ts';
import { beginRequest, requireProvider, type UpstreamPageDependencies } from './upstream.pages.ts';

/** The form of an interaction uid of oidc-provider. */
const wellFormedUid = /^[\w-]{1,64}$/;

/** Reads the form of a button after the CSRF check for its interaction or visitor. */
async function readButton(
  { csrf }: UpstreamPageDependencies,
  ctx: Context,
): Promise<{ form: Form; interaction?: string }> {
  const form = await readForm(ctx);
  const interaction = form.get('interaction');
  if (interaction === '') {
    csrf.requireSameOrigin(ctx, form, csrf.visitor(ctx));
    return { form };
  }
  csrf.requireSameOrigin(ctx, form, wellFormedUid.test(interaction) ? interaction : '');
  return { form, interaction };
}

/** A signed-in user links an identity or reauthenticates. */
async function beginForAccount(
  dependencies: UpstreamPageDependencies,
  ctx: Context,
  client: ProviderClient,
  form: Form,
): Promise<void> {
  const { site, component, reauthentication, identities } = dependencies;
  const visit = await site.signedIn(ctx);
  if (!visit) return site.redirect(ctx, '/auth/sign-in');
  const back = `/auth/account/${readAccountPage(form.get('back')) ?? 'linked'}`;
  const { sessionUid, user } = visit;
  if (form.get('purpose') === 'link') {
    if (!(await component.isProven(visit, 'link_identity'))) return site.redirect(ctx, back);
    const purpose = { kind: 'link', sessionUid, back } as const;
    return beginRequest(dependencies, ctx, client, { purpose });
  }
  // A provider counts as one factor, so it cannot reauthenticate a user who has a second factor.
  if (await reauthentication.ownsSecondFactor(user.id)) return site.redirect(ctx, back);
  const { issuer } = client.provider;
  const known = (await identities.list(user.id)).find((each) => each.issuer === issuer);
  const purpose = { kind: 'confirm', sessionUid, back } as const;
  const start = { purpose, maxAgeSeconds: 0, loginHint: known?.email };
  return beginRequest(dependencies, ctx, client, start);
}

export function addUpstreamStartPages(
  router: Router,
  dependencies: UpstreamPageDependencies,
): void {
  const { interactions } = dependencies;

  router.post('/auth/with/:provider', limit('federation'), async (ctx) => {
    const { form, interaction } = await readButton(dependencies, ctx);
    const client = requireProvider(dependencies, ctx);
    if (form.get('purpose') !== '') return beginForAccount(dependencies, ctx, client, form);
    const wishes = interaction === undefined ? undefined : await interactions.wishes(interaction);
    const stays = dependencies.site.staysIn(form);
    const purpose = { kind: 'sign-in', interaction, stays } as const;
    return beginRequest(dependencies, ctx, client, { ...wishes, purpose });
  });
}
