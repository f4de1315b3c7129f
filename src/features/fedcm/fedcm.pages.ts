// The endpoints of FedCM. The token that an app receives is an authorization code of an ordinary request with
// prompt=none: client, consent, access, session and PKCE are checked by the same code as always.
import type Router from '@koa/router';
import type { Client } from '#core/clients/clients.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import type { AppAccessStore } from '#features/connected-apps/connected-apps.store.ts';
import type { Context } from '#http/context.ts';
import { limit } from '#http/rate-limit/route-limit.ts';
import { requestInProcess } from '#http/request/in-process-request.ts';
import { readForm, readQuery } from '#http/request/input.ts';
import { originOf } from '#oidc/configuration.ts';
import {
  fedcmConfiguration,
  fedcmDestination,
  fedcmPath,
  readAppParameters,
  webIdentityPath,
  type AppParameters,
} from './fedcm.ts';
import type { FedcmSession, FedcmSessions } from './fedcm-session.pages.ts';

export interface FedcmPageDependencies {
  readonly issuerUrl: URL;
  readonly basePath: string;
  readonly sessions: FedcmSessions;
  readonly clients: Clients;
  readonly appAccess: AppAccessStore;
  readonly now: () => Date;
}

interface Assertion {
  readonly client: Client;
  readonly parameters: AppParameters;
  readonly redirectUri: string;
  readonly session: FedcmSession;
}

export function addFedcmPages(router: Router, dependencies: FedcmPageDependencies): void {
  const { issuerUrl, basePath, sessions, clients, appAccess, now } = dependencies;
  const configuration = fedcmConfiguration(basePath);
  const configUrl = `${issuerUrl.origin}${basePath}${fedcmPath}/config.json`;

  router.get(webIdentityPath, (ctx) => {
    ctx.set('Cross-Origin-Resource-Policy', 'cross-origin');
    ctx.set('Cache-Control', 'public, max-age=300');
    const { accounts_endpoint, login_url } = configuration;
    ctx.body = { provider_urls: [configUrl], accounts_endpoint, login_url };
  });
  router.get(`${fedcmPath}/config.json`, (ctx) => {
    if (isFedcm(ctx)) ctx.body = configuration;
  });
  router.get(`${fedcmPath}/accounts`, async (ctx) => {
    if (!isFedcm(ctx)) return;
    const session = await sessions.read(ctx);
    if (!session) return refuse(ctx, 401, 'login_required');
    const apps = await appAccess.list(session.user.id, now());
    ctx.body = { accounts: [describe(session, apps)] };
  });
  router.get(`${fedcmPath}/client`, async (ctx) => {
    if (!isFedcm(ctx)) return;
    const client = await clients.find(readQuery(ctx).get('client_id'));
    ctx.body = {
      ...linkOf(client, 'policy_uri', 'privacy_policy_url'),
      ...linkOf(client, 'tos_uri', 'terms_of_service_url'),
    };
  });
  router.post(`${fedcmPath}/assertion`, limit('authorization'), async (ctx) => {
    if (isFedcm(ctx)) await assertIdentity(dependencies, ctx);
  });
}

/**
 * Requires that the browser itself sent the request, not a page: the browser reads the response on behalf of
 * a page of another site, which must not read it.
 */
function isFedcm(ctx: Context): boolean {
  ctx.set('Cross-Origin-Resource-Policy', 'cross-origin');
  if (ctx.get('sec-fetch-dest') === fedcmDestination) return true;
  refuse(ctx, 400, 'invalid_request');
  return false;
}

function describe(
  { user }: FedcmSession,
  apps: readonly { readonly clientId: string }[],
): Readonly<Record<string, unknown>> {
  const { id, email, claims } = user;
  const { name, given_name, picture } = claims;
  return {
    id,
    email,
    name: name ?? email,
    ...(given_name === undefined ? {} : { given_name }),
    ...(picture === undefined ? {} : { picture }),
    approved_clients: apps.map(({ clientId }) => clientId),
  };
}

async function assertIdentity(dependencies: FedcmPageDependencies, ctx: Context): Promise<void> {
  const form = await readForm(ctx);
  const origin = ctx.get('origin');
  const client = await dependencies.clients.find(form.get('client_id'));
  const parameters = readAppParameters(form.get('params'));
  const redirectUri = parameters && client && redirectUriOf(client, origin, parameters);
  // The same response for an unknown client and for a foreign origin, so that neither learns more.
  if (!redirectUri) return refuse(ctx, 403, 'unauthorized_client');
  ctx.set('Access-Control-Allow-Origin', origin);
  ctx.set('Access-Control-Allow-Credentials', 'true');
  ctx.vary('Origin');
  const session = await dependencies.sessions.read(ctx);
  if (!session || session.user.id !== form.get('account_id')) {
    return refuse(ctx, 401, 'login_required');
  }
  const nonce = parameters.nonce ?? (form.get('nonce') || undefined);
  const assertion = { client, parameters: { ...parameters, nonce }, redirectUri, session };
  const answer = await authorize(dependencies, ctx, assertion);
  const code = answer.get('code');
  if (code === null) return refuse(ctx, 403, answer.get('error') ?? 'access_denied');
  ctx.set('Cache-Control', 'no-store');
  ctx.body = { token: code };
}

/** The registered redirect URI on the origin of the page; `undefined` if the page may not ask. */
function redirectUriOf(
  { metadata }: Client,
  origin: string,
  { redirect_uri: wanted }: AppParameters,
): string | undefined {
  const registered: readonly unknown[] = Array.isArray(metadata['redirect_uris'])
    ? metadata['redirect_uris']
    : [];
  const own = registered.filter(
    (uri): uri is string => typeof uri === 'string' && originOf(uri) === origin,
  );
  if (origin === '' || origin === 'null') return undefined;
  return wanted === undefined ? own[0] : own.find((uri) => uri === wanted);
}

/**
 * The response parameters of an ordinary authorization request, which passes through the whole application in
 * process. Its cookies are not passed on: they belong to the browser's session.
 */
async function authorize(
  { issuerUrl, basePath }: FedcmPageDependencies,
  ctx: Context,
  { client, parameters, redirectUri, session }: Assertion,
): Promise<URLSearchParams> {
  const query = new URLSearchParams({
    client_id: client.clientId,
    response_type: 'code',
    prompt: 'none',
  });
  for (const [name, value] of Object.entries({ ...parameters, redirect_uri: redirectUri })) {
    if (value !== undefined) query.set(name, value);
  }
  const headers = await requestInProcess(ctx, {
    url: `${basePath}/oauth2/authorize?${query.toString()}`,
    host: issuerUrl.host,
    cookie: session.cookie,
  });
  const location = headers.location ?? '';
  const isAnswer = location.startsWith(`${redirectUri}${redirectUri.includes('?') ? '&' : '?'}`);
  return isAnswer ? new URL(location).searchParams : new URLSearchParams();
}

function linkOf(client: Client | undefined, member: string, name: string) {
  const link = client?.metadata[member];
  return typeof link === 'string' ? { [name]: link } : {};
}

function refuse(ctx: Context, status: number, code: string): void {
  ctx.status = status;
  ctx.set('Cache-Control', 'no-store');
  ctx.body = { error: { code } };
}
