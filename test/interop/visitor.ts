// A user with a browser without JavaScript, who moves between an application and the provider,
// signs in and gives consent by the stable hooks of the hosted pages.
import type { CleanUp } from '#test/support/services/databases.ts';
import { createBrowser, describe, type Page } from '#test/support/actors/cookie-browser.ts';
import { createHttpClient } from '#test/support/actors/http-client.ts';
import type { User } from './provider.ts';

export interface Visitor {
  /** Opens a page of the application; `left` when it redirects to the provider. */
  app(path: string): Promise<Page>;
  /** From a redirect of the application through the hosted pages to the redirect URI. */
  signIn(redirected: Page, user: User): Promise<URL>;
  /** Signs in from that page of the application and returns the page shown afterwards. */
  signInAt(path: string, user: User): Promise<Page>;
  /** From a redirect of the application through the sign-out page to the page shown afterwards. */
  signOut(redirected: Page): Promise<Page>;
  /** Returns the page of the provider to which the application redirects. */
  provider(redirected: Page): Promise<Page>;
}

/** Sign-in, second factor or consent, response: there are never more pages than this. */
const maxPages = 4;

/** The Accept header of browsers: HTML if available, otherwise anything. */
const accepted = { accept: 'text/html,*/*;q=0.8' };

export function createVisitor(closing: CleanUp, issuer: string, appUrl: string): Visitor {
  const provider = browserOf(closing, issuer);
  const app = browserOf(closing, appUrl);

  async function signIn(redirected: Page, user: User): Promise<URL> {
    return passPages(await follow(redirected), user);
  }

  async function follow(redirected: Page): Promise<Page> {
    if (!redirected.left) throw new Error(`Expected a redirect: ${describe(redirected)}`);
    return provider.open(redirected.url);
  }

  return {
    app: (path) => app.open(new URL(path, appUrl), accepted),
    signIn,
    async signInAt(path, user) {
      const callback = await signIn(await app.open(new URL(path, appUrl), accepted), user);
      return app.open(callback, accepted);
    },
    async signOut(redirected) {
      const page = await follow(redirected);
      const after = page.left ? page : await page.press('sign-out');
      if (!after.left) throw new Error(`Expected a redirect from the provider: ${describe(after)}`);
      return app.open(after.url, accepted);
    },
    provider: follow,
  };
}

/** For a client without pages: from its authorization request to the authorization response. */
export async function authorize(closing: CleanUp, issuer: string, request: URL, user: User) {
  return passPages(await browserOf(closing, issuer).open(request), user);
}

async function passPages(start: Page, user: User): Promise<URL> {
  let page = start;
  for (let count = 0; count < maxPages && !page.left; count += 1) {
    const fields = { login: user.email, password: user.password };
    page = page.has('sign-in') ? await page.press('sign-in', fields) : await page.press('allow');
  }
  return page.url;
}

function browserOf(closing: CleanUp, url: string) {
  return createBrowser(createHttpClient(closing, url, Number(new URL(url).port)), url);
}
