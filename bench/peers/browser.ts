// The browser that signs users in at other products.
import { createBrowser, type Browser } from '#test/support/actors/cookie-browser.ts';
import { createCookieJar, type CookieJar } from '#test/support/actors/cookie-jar.ts';
import type { Send } from '#test/support/actors/http-client.ts';

/** Browsers trust localhost, and so accept and send Secure cookies there without TLS. */
export function createPeerBrowser(send: Send, issuer: string): Browser {
  return createBrowser(send, issuer, trustingLocalhost(createCookieJar()));
}

function trustingLocalhost(jar: CookieJar): CookieJar {
  const asHttps = (url: URL) => new URL(url.href.replace(/^http:/, 'https:'));
  return {
    ...jar,
    keep: (url, headers) => jar.keep(asHttps(url), headers),
    header: (url) => jar.header(asHttps(url)),
    copy: () => trustingLocalhost(jar.copy()),
  };
}
