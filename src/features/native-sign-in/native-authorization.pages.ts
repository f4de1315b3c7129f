// The authorization request of an app without a browser. It passes through the authorization endpoint in
// process, like that of a browser, so the same code decides about parameters, access, authentication levels,
// sessions, new devices and codes.
import type { OutgoingHttpHeaders } from 'node:http';
import type { Provider } from 'oidc-provider';
import { splitScope } from '#core/clients/scopes.ts';
import type { Client } from '#core/clients/clients.ts';
import type { Sessions } from '#core/sessions/sessions.service.ts';
import type { Context } from '#http/context.ts';
import { requestInProcess } from '#http/request/in-process-request.ts';
import { routes } from '#oidc/configuration.ts';
import type { CookieSigner } from '#platform/crypto/cookie-signer.ts';
import { sha256Text } from '#platform/crypto/hashing.ts';
import { ownCookie } from '#platform/request/own-cookie.ts';

export interface NativeAuthorizationDependencies {
  readonly provider: Provider;
  readonly issuerUrl: URL;
  readonly basePath: string;
  readonly cookieSigner: CookieSigner;
  readonly sessions: Pick<Sessions, 'end'>;
}

/** The response of the authorization endpoint. */
export type Authorized =
  | { readonly outcome: 'code'; readonly code: string }
  | { readonly outcome: 'interaction'; readonly uid: string }
  | {
      readonly outcome: 'error';
      readonly error: string;
      readonly description?: string | undefined;
    };

/** The installation that sends the request. */
export interface Installation {
  readonly client: Client;
  readonly jkt: string;
}

/** Length of 128 bits in base64url, like the device cookie of a browser. */
const deviceLength = 22;

export function createNativeAuthorization(dependencies: NativeAuthorizationDependencies) {
  const { provider, issuerUrl, basePath, cookieSigner, sessions } = dependencies;
  const host = issuerUrl.host;
  const deviceCookie = ownCookie(issuerUrl, 'device').name;
  const sessionCookie = ownCookie(issuerUrl).name;

  function signed(name: string, value: string): string {
    return `${name}=${value}; ${name}.sig=${cookieSigner.sign(`${name}=${value}`)}`;
  }

  /** The key of the installation replaces the device cookie of a browser. */
  function deviceOf({ client: { clientId }, jkt }: Installation): string {
    const device = sha256Text(`native app\n${clientId}\n${jkt}`).slice(0, deviceLength);
    return signed(deviceCookie, device);
  }

  function read(headers: OutgoingHttpHeaders): Authorized {
    const location = headers.location ?? '';
    const interaction = `${basePath}/auth/interaction/`;
    const path = location.startsWith(issuerUrl.origin)
      ? location.slice(issuerUrl.origin.length)
      : location;
    if (path.startsWith(interaction)) {
      return { outcome: 'interaction', uid: path.slice(interaction.length).split(/[/?]/)[0] ?? '' };
    }
    const parameters = URL.parse(location)?.searchParams ?? new URLSearchParams();
    const code = parameters.get('code');
    if (code !== null) return { outcome: 'code', code };
    const error = parameters.get('error') ?? 'invalid_request';
    return {
      outcome: 'error',
      error,
      description: parameters.get('error_description') ?? undefined,
    };
  }

  /** Without a code for the app, the session would be useless, and would remain in the user's list. */
  async function endUnused(headers: OutgoingHttpHeaders): Promise<void> {
    const cookies = [headers['set-cookie'] ?? []].flat().map(String);
    const session = cookies.findLast((each) => each.startsWith(`${sessionCookie}=`));
    const id = session?.slice(sessionCookie.length + 1).split(';')[0] ?? '';
    if (id !== '') await sessions.end(id);
  }

  return {
    async begin(ctx: Context, installation: Installation, parameters: URLSearchParams) {
      const { client, jkt } = installation;
      const query = new URLSearchParams(parameters);
      query.set('client_id', client.clientId);
      query.set('response_type', 'code');
      query.set('dpop_jkt', jkt);
      // Offline access requires prompt=consent (OpenID Connect Core §11). No page asks for it here, because
      // the user signs in to the operator's own app.
      if (splitScope(query.get('scope')).includes('offline_access')) query.set('prompt', 'consent');
      if (!query.has('redirect_uri')) query.set('redirect_uri', firstRedirectOf(client));
      const url = `${basePath}${routes.authorization}?${query.toString()}`;
      return read(await requestInProcess(ctx, { url, host, cookie: deviceOf(installation) }));
    },
    /** After the sign-in was recorded: starts the session and issues the code. */
    async resume(ctx: Context, installation: Installation, uid: string): Promise<Authorized> {
      const headers = await requestInProcess(ctx, {
        url: `${basePath}${routes.authorization}/${uid}`,
        host,
        cookie: `${signed(provider.cookieName('resume'), uid)}; ${deviceOf(installation)}`,
      });
      const answer = read(headers);
      if (answer.outcome !== 'code') await endUnused(headers);
      return answer;
    },
  };
}

export type NativeAuthorization = ReturnType<typeof createNativeAuthorization>;

function firstRedirectOf({ metadata }: Client): string {
  const { redirect_uris: uris } = metadata;
  const [first]: unknown[] = Array.isArray(uris) ? uris : [];
  return typeof first === 'string' ? first : '';
}
