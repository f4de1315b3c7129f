// The credentials that a round has obtained: session cookies, codes, tokens and open interactions,
// each with its start time and a probe that reports which node still accepts it.
import type { Browser, Page } from '#test/support/actors/cookie-browser.ts';
import type { Answer, Callback, RelyingParty } from '#test/support/actors/relying-party.ts';
import type { Send } from '#test/support/actors/http-client.ts';

export type CredentialKind =
  | 'session'
  | 'cookie of a refused sign-in'
  | 'code'
  | 'access token'
  | 'refresh token'
  | 'open interaction';

/** The request that returned the credential. */
export type Source =
  | 'preparation'
  | 'password sign-in'
  | 'password sign-in for a client'
  | 'email code sign-in'
  | 'second factor'
  | 'passkey sign-in'
  | 'authorization'
  | 'redemption'
  | 'refresh'
  | 'consent answer'
  | 'the revocation itself'
  | 'sign-in after the revocation';

/** `target` is the client that the revocations of one client concern. */
export type AppName = 'target' | 'bystander';

/** One client, through each of the nodes. */
export interface App {
  readonly name: AppName;
  readonly at: readonly [RelyingParty, RelyingParty];
}

/** Properties that a credential inherits from the request that returned it. */
export interface Origin {
  readonly source: Source;
  /** When the first request that it depends on was sent (`performance.now()`). */
  readonly begunAt: number;
  /** The browser session to which it belongs. */
  readonly session: string;
}

export interface Credential extends Origin {
  readonly kind: CredentialKind;
  readonly app: AppName | undefined;
  /** When the response that contained it arrived (`performance.now()`). */
  readonly receivedAt: number;
  /** Granted with `offline_access`. */
  readonly isOffline: boolean;
  /** True if a probe has no side effects and can be repeated. */
  readonly isRepeatable: boolean;
  probe(): Promise<Verdict>;
}

export interface Verdict {
  /** Accepted in at least one way in which it was presented. */
  readonly isAccepted: boolean;
  /** Accepted in all ways that a user or client would try. */
  readonly works: boolean;
}

export interface Family {
  readonly app: App;
  readonly origin: Origin;
  readonly isOffline: boolean;
  refreshToken: string;
}

export interface CodeInHand {
  readonly app: App;
  readonly origin: Origin;
  readonly callback: Callback;
  readonly isOffline: boolean;
}

export interface CollectionOptions {
  readonly issuer: string;
  readonly sends: readonly [Send, Send];
  /** A first-party client, which requires no consent. */
  readonly bystander: App;
  /** Chooses the node for a single-use credential. */
  readonly pickNode: () => 0 | 1;
}

export type Collection = ReturnType<typeof createCollection>;

export function createCollection(options: CollectionOptions) {
  const { sends, bystander, pickNode } = options;
  const home = new URL(options.issuer);
  const kept: Credential[] = [];
  const codes = new Map<string, Credential>();

  /** Presents the cookie to the account pages of one node, and to a client at the other node. */
  async function opensPages(browser: Browser): Promise<readonly boolean[]> {
    const node = pickNode();
    const app = bystander.at[1 - node] ?? bystander.at[0];
    const account = await browser.copy().through(sends[node]).open('/auth/account');
    const { url } = await app.request({ prompt: 'none' });
    const answer = await browser.copy().through(app.send).open(url);
    return [account.url.pathname === '/auth/account', answer.url.searchParams.has('code')];
  }

  /** Presents the original cookie and the one that has replaced it since. */
  async function probeSession(before: Browser, now: Browser): Promise<Verdict> {
    const current = await opensPages(now);
    const isSame = before.cookies.header(home) === now.cookies.header(home);
    const old = isSame ? current : await opensPages(before);
    return { isAccepted: [...current, ...old].some(Boolean), works: current.every(Boolean) };
  }

  async function probeAccessToken(app: App, token: string): Promise<Verdict> {
    const node = pickNode();
    const introspected = await untilAnswered(() => app.at[node].introspect(token));
    const isActive = introspected.body['active'] === true;
    const other = app.at[1 - node] ?? app.at[0];
    const isOpen = (await untilAnswered(() => other.tryUserinfo(token))).status === 200;
    return { isAccepted: isActive || isOpen, works: isActive && isOpen };
  }

  function add(credential: Omit<Credential, 'isRepeatable' | 'receivedAt'>): void {
    const isRepeatable = !['code', 'refresh token', 'open interaction'].includes(credential.kind);
    kept.push({ ...credential, isRepeatable, receivedAt: performance.now() });
  }

  return {
    all: (): readonly Credential[] => kept,
    session(origin: Origin, browser: Browser, isRefused = false): void {
      const before = browser.copy();
      const kind = isRefused ? 'cookie of a refused sign-in' : 'session';
      const rest = { app: undefined, isOffline: false };
      add({ ...origin, ...rest, kind, probe: () => probeSession(before, browser) });
    },
    code({ app, origin, callback, isOffline }: CodeInHand): void {
      const probe = async () => once(await app.at[pickNode()].tryExchange(callback));
      add({ ...origin, kind: 'code', app: app.name, isOffline, probe });
      const [added] = kept.slice(-1);
      if (added) codes.set(callback.code, added);
    },
    /** The code is about to be redeemed; the result shows whether it was valid. */
    forgetCode(code: string): void {
      const known = codes.get(code);
      if (known) kept.splice(kept.indexOf(known), 1);
    },
    /** The tokens of a token response; `undefined` if the request was refused. */
    tokens(
      origin: Origin,
      app: App,
      { status, body }: Answer,
      isOffline: boolean,
    ): Family | undefined {
      const { access_token: accessToken, refresh_token: refreshToken } = body;
      if (status !== 200 || typeof accessToken !== 'string') return undefined;
      const shared = { ...origin, app: app.name, isOffline };
      add({ ...shared, kind: 'access token', probe: () => probeAccessToken(app, accessToken) });
      if (typeof refreshToken !== 'string') return undefined;
      const family: Family = { app, origin, isOffline, refreshToken };
      const probe = async () => {
        const answer = await untilAnswered(() =>
          app.at[pickNode()].tryRefresh(family.refreshToken),
        );
        if (answer.status === 200) family.refreshToken = String(answer.body['refresh_token']);
        return once(answer);
      };
      add({ ...shared, kind: 'refresh token', probe });
      return family;
    },
    /** After a rotation the family continues with another token. */
    rotated(family: Family, { status, body }: Answer): void {
      const { access_token: accessToken, refresh_token: refreshToken } = body;
      if (status !== 200 || typeof accessToken !== 'string') return;
      family.refreshToken = String(refreshToken);
      const { app, isOffline } = family;
      const shared = { ...family.origin, source: 'refresh', app: app.name, isOffline } as const;
      const probe = () => probeAccessToken(app, accessToken);
      add({ ...shared, kind: 'access token', probe });
    },
    /** A consent page. */
    interaction(origin: Origin, app: App, page: Page, callbackOf: (page: Page) => Callback): void {
      const probe = async () => {
        const answered = await page.press('allow');
        if (!answered.url.searchParams.has('code')) return { isAccepted: false, works: false };
        return once(await app.at[pickNode()].tryExchange(callbackOf(answered)));
      };
      add({ ...origin, kind: 'open interaction', app: app.name, isOffline: true, probe });
    },
  };
}

/**
 * On a crowded machine, a node may respond with 503, which is not a refusal: the client repeats the request.
 */
async function untilAnswered(send: () => Promise<Answer>): Promise<Answer> {
  let answer = await send();
  for (let tries = 0; tries < 5 && answer.status === 503; tries += 1) answer = await send();
  return answer;
}

/** For single-use credentials. */
function once({ status }: Answer): Verdict {
  return { isAccepted: status === 200, works: status === 200 };
}
