// A relying party that validates every response with oauth4webapi, including signatures. Its
// `try...` methods return responses unvalidated, so that tests can assert errors.
import { setTimeout as pause } from 'node:timers/promises';
import * as oauth from 'oauth4webapi';
import { createBrowser, describe, type Browser, type Page } from './cookie-browser.ts';
import {
  answerOf,
  isAt,
  searchOf,
  discover,
  transport,
  type Answer,
  type AppIdentity,
  type Callback,
  type Parameters,
  type Pending,
  type Person,
  type Tokens,
} from './relying-party-types.ts';
import type { Send, WireRequest } from './http-client.ts';

export type {
  Answer,
  AppIdentity,
  Callback,
  Parameters,
  Pending,
  Person,
  Tokens,
} from './relying-party-types.ts';

export interface RelyingPartyOptions {
  readonly issuer: string;
  readonly send: Send;
  readonly app: AppIdentity;
}

export interface Login extends Tokens {
  readonly browser: Browser;
  readonly callback: Callback;
}

export type RelyingParty = Awaited<ReturnType<typeof createRelyingParty>>;

export async function createRelyingParty({ issuer, send, app }: RelyingPartyOptions) {
  const options = transport(send);
  const as = await discover(issuer, send);
  const client: oauth.Client = {
    client_id: app.clientId,
    id_token_signed_response_alg: textOf(app.metadata['id_token_signed_response_alg']) ?? 'ES256',
  };

  /** An authorization request with `openid`, PKCE, state and nonce, changed by the parameters. */
  async function request(parameters: Parameters = {}): Promise<Pending> {
    const verifier = oauth.generateRandomCodeVerifier();
    const usual = {
      client_id: app.clientId,
      redirect_uri: app.redirectUri,
      response_type: 'code',
      scope: 'openid',
      state: oauth.generateRandomState(),
      nonce: oauth.generateRandomNonce(),
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    };
    const all: Parameters = { ...usual, ...parameters };
    const url = new URL(as.authorization_endpoint ?? '');
    url.search = String(searchOf(all));
    return {
      url,
      verifier,
      state: String(all['state'] ?? ''),
      nonce: String(all['nonce'] ?? ''),
      redirectUri: String(all['redirect_uri'] ?? ''),
    };
  }

  /** Validates state and `iss` (RFC 9207); throws the oauth4webapi error for an error response. */
  function receive(page: Page, pending: Pending): Callback {
    const { redirectUri, state } = pending;
    if (!page.left || !isAt(page.url, redirectUri)) {
      throw new Error(`Browser was not redirected to the client: ${describe(page)}`);
    }
    const expected = state === '' ? oauth.expectNoState : state;
    const parameters = oauth.validateAuthResponse(as, client, page.url, expected);
    return { ...pending, parameters, code: parameters.get('code') ?? '' };
  }

  /** Signs in and gives consent where the pages ask for it. */
  async function passPages(first: Page, person: Person): Promise<Page> {
    let page = first;
    if (page.has('sign-in')) {
      page = await page.press('sign-in', { login: person.email, password: person.password });
    }
    return page.has('allow') ? page.press('allow') : page;
  }

  async function authorize(
    person: Person,
    parameters: Parameters = {},
    browser: Browser = createBrowser(send, issuer),
  ): Promise<Callback & { browser: Browser }> {
    const pending = await request(parameters);
    const page = await passPages(await browser.open(pending.url), person);
    return { ...receive(page, pending), browser };
  }

  async function exchange(callback: Callback): Promise<Tokens> {
    const answer = await oauth.authorizationCodeGrantRequest(
      as,
      client,
      app.auth,
      callback.parameters,
      callback.redirectUri,
      callback.verifier,
      options,
    );
    const { nonce } = callback;
    const expected = nonce === '' ? {} : { expectedNonce: nonce, requireIdToken: true };
    const tokens = await oauth.processAuthorizationCodeResponse(as, client, answer, expected);
    return accept(tokens, answer);
  }

  async function accept(tokens: oauth.TokenEndpointResponse, answer: Response): Promise<Tokens> {
    const { access_token, refresh_token = '', id_token = '', scope, expires_in } = tokens;
    if (id_token !== '') await oauth.validateApplicationLevelSignature(as, answer, options);
    return {
      accessToken: access_token,
      refreshToken: refresh_token,
      idToken: id_token,
      scope,
      expiresIn: expires_in,
      claims: { ...oauth.getValidatedIdTokenClaims(tokens) },
    };
  }

  /** Posts a form with client authentication, which parameters of the same name replace. */
  async function post(endpoint: string | undefined, parameters: Parameters): Promise<Answer> {
    const body = new URLSearchParams();
    const headers = new Headers();
    await app.auth(as, client, body, headers);
    for (const name of Object.keys(parameters)) body.delete(name);
    for (const [name, value] of searchOf(parameters)) body.append(name, value);
    const sent: WireRequest = { method: 'POST', body, headers: Object.fromEntries(headers) };
    return answerOf(await send(endpoint ?? '', sent));
  }

  const token = (parameters: Parameters) => post(as.token_endpoint, parameters);

  return {
    as,
    send,
    app,
    issuer,
    request,
    receive,
    passPages,
    authorize,
    exchange,
    post,
    token,
    /** The same client with its requests sent to another node. */
    through: (other: Send) => createRelyingParty({ issuer, app, send: other }),
    /** Completes the code flow: sign-in, consent, code, tokens. */
    async login(person: Person, parameters?: Parameters, browser?: Browser): Promise<Login> {
      const callback = await authorize(person, parameters, browser);
      return { ...(await exchange(callback)), browser: callback.browser, callback };
    },
    tryExchange({ code, redirectUri, verifier }: Callback, overrides: Parameters = {}) {
      return token({
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        code_verifier: verifier,
        ...overrides,
      });
    },
    async refresh(refreshToken: string): Promise<Tokens> {
      const answer = await oauth.refreshTokenGrantRequest(
        as,
        client,
        app.auth,
        refreshToken,
        options,
      );
      return accept(await oauth.processRefreshTokenResponse(as, client, answer), answer);
    },
    tryRefresh(refreshToken: string, overrides: Parameters = {}) {
      return token({ grant_type: 'refresh_token', refresh_token: refreshToken, ...overrides });
    },
    async clientCredentials(parameters: Parameters = {}): Promise<Tokens> {
      const answer = await oauth.clientCredentialsGrantRequest(
        as,
        client,
        app.auth,
        searchOf(parameters),
        options,
      );
      return accept(await oauth.processClientCredentialsResponse(as, client, answer), answer);
    },
    async userinfo({ accessToken, claims }: Tokens): Promise<Readonly<Record<string, unknown>>> {
      const answer = await oauth.userInfoRequest(as, client, accessToken, options);
      return oauth.processUserInfoResponse(as, client, String(claims['sub']), answer);
    },
    async tryUserinfo(accessToken: string): Promise<Answer> {
      const headers = { authorization: `Bearer ${accessToken}` };
      return answerOf(await send(as.userinfo_endpoint ?? '', { headers }));
    },
    introspect(value: string, overrides: Parameters = {}) {
      return post(as.introspection_endpoint, { token: value, ...overrides });
    },
    /** Introspects a token. A 503 is retried after Retry-After; any other error is thrown. */
    async isActive(value: string): Promise<boolean> {
      const ask = () => post(as.introspection_endpoint, { token: value });
      let answer = await ask();
      for (let tries = 0; tries < 3 && answer.status === 503; tries += 1) {
        await pause(Number(answer.headers.get('retry-after') ?? 1) * 1000);
        answer = await ask();
      }
      if (answer.status !== 200) throw new Error(`Introspection failed: ${answer.text}`);
      return answer.body['active'] === true;
    },
    revoke(value: string, overrides: Parameters = {}) {
      return post(as.revocation_endpoint, { token: value, ...overrides });
    },
    push(parameters: URLSearchParams) {
      return post(as.pushed_authorization_request_endpoint, Object.fromEntries(parameters));
    },
    logoutUrl(parameters: Parameters = {}): URL {
      const url = new URL(as.end_session_endpoint ?? '');
      url.search = String(searchOf(parameters));
      return url;
    },
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
