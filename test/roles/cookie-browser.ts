// A browser without script: keeps cookies, follows redirects inside the issuer, sends the forms
// that it was shown, hidden fields included. It stops where the way leads to an app.
import { createCookieJar, type CookieJar } from './cookie-jar.ts';
import { decodeHtml, readForms, type HtmlForm } from './html-forms.ts';
import type { Send, WireRequest } from './wire.ts';

export interface Browser {
  readonly cookies: CookieJar;
  /** Opens an address as if typed or followed from an app. */
  open(url: string | URL, headers?: WireRequest['headers']): Promise<Page>;
  /** Sends a form of a page of another site, as browsers do: without SameSite=Lax cookies. */
  postFromElsewhere(url: string | URL, body: WireRequest['body'], type?: string): Promise<Page>;
  /** Another browser with the same cookies: what a thief of them has. */
  copy(): Browser;
  /** The same browser, answered by another node. */
  through(send: Send): Browser;
}

export interface Page {
  /** Where the browser is now. */
  readonly url: URL;
  /** True when that is an app: the address holds the app's answer, the page is not ours. */
  readonly left: boolean;
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
  /** The page's text, without its tags. */
  readonly text: string;
  readonly heading: string;
  /** `data-error` of an error page. */
  readonly errorCode: string | undefined;
  readonly language: string | undefined;
  has(id: string): boolean;
  /** The form with that button, or with that field. */
  form(idOrField: string): HtmlForm;
  /** Fills in the form with that button and presses it. */
  press(buttonId: string, fields?: Readonly<Record<string, string>>): Promise<Page>;
}

const mostHops = 12;

export function createBrowser(send: Send, issuer: string, cookies = createCookieJar()): Browser {
  const { origin } = new URL(issuer);

  async function go(start: URL, first: WireRequest): Promise<Page> {
    let url = start;
    let request = first;
    for (let hop = 0; hop < mostHops; hop += 1) {
      const answer = await send(url, withCookies(request, url));
      cookies.keep(url, answer.headers);
      const location = answer.headers.get('location');
      if (location === null || answer.status < 300 || answer.status > 399) {
        return show(url, answer);
      }
      if (answer.status > 303) throw new Error(`A ${answer.status} would send a form again.`);
      url = new URL(location, url.href);
      request = { headers: keptHeaders(request) };
      if (url.origin !== origin) return show(url, answer, true);
    }
    throw new Error(`The browser was sent around in a circle: ${url.href}`);
  }

  function withCookies(request: WireRequest, url: URL): WireRequest {
    const isFromElsewhere = request.headers?.['sec-fetch-site'] === 'cross-site';
    const cookie = isFromElsewhere ? '' : cookies.header(url);
    const headers = { accept: 'text/html', ...request.headers };
    return { ...request, headers: cookie === '' ? headers : { ...headers, cookie } };
  }

  async function show(url: URL, answer: Response, left = false): Promise<Page> {
    const html = left ? '' : await answer.text();
    const find = (pattern: RegExp) => {
      const [, found] = pattern.exec(html) ?? [];
      return found === undefined ? undefined : textOf(found);
    };
    const page: Page = {
      url,
      left,
      status: answer.status,
      headers: answer.headers,
      html,
      text: textOf(html),
      heading: find(/<h1[^>]*>([^]*?)<\/h1>/) ?? '',
      errorCode: find(/data-error="([^"]*)"/),
      language: find(/<html[^>]*\blang="([^"]*)"/),
      has: (id) => html.includes(` id="${id}"`),
      form(idOrField) {
        const found = readForms(html).find(
          ({ buttons, fields }) =>
            buttons.some(({ id }) => id === idOrField) || fields.has(idOrField),
        );
        if (!found) throw new Error(`There is no ${idOrField} here: ${describe(page)}`);
        return found;
      },
      press: (buttonId, fields = {}) => press(page, buttonId, fields),
    };
    return page;
  }

  function press(page: Page, id: string, filled: Readonly<Record<string, string>>): Promise<Page> {
    const { action, method, fields, buttons } = page.form(id);
    const body = new URLSearchParams([...fields]);
    for (const [name, value] of Object.entries(filled)) {
      if (!fields.has(name)) throw new Error(`The form has no ${name}: ${describe(page)}`);
      body.set(name, value);
    }
    const button = buttons.find((each) => each.id === id);
    if (button && button.name !== '') body.set(button.name, button.value);
    if (method === 'get') return go(new URL(`?${body.toString()}`, new URL(action, page.url)), {});
    const headers = { origin, 'sec-fetch-site': 'same-origin' };
    return go(new URL(action, page.url), { method: 'POST', body, headers });
  }

  return {
    cookies,
    open: (url, headers) => go(new URL(url, issuer), headers ? { headers } : {}),
    postFromElsewhere: (url, body, type = 'application/x-www-form-urlencoded') => {
      const sender = { origin: 'https://rp.example', 'sec-fetch-site': 'cross-site' };
      const headers = { ...sender, 'content-type': type };
      return go(new URL(url, issuer), { method: 'POST', body, headers });
    },
    copy: () => createBrowser(send, issuer, cookies.copy()),
    through: (other) => createBrowser(other, issuer, cookies),
  };
}

/** What a browser says again after a redirect. */
function keptHeaders({ headers = {} }: WireRequest): NonNullable<WireRequest['headers']> {
  const language = headers['accept-language'];
  return language === undefined ? {} : { 'accept-language': language };
}

/** For messages: what a person would see. */
export function describe({ url, status, text }: Page): string {
  return `${status} ${url.href.slice(0, 200)}: ${text.slice(0, 300)}`;
}

function textOf(html: string): string {
  const bare = html
    .replaceAll(/<(script|style|head)\b[^]*?<\/\1>/g, ' ')
    .replaceAll(/<[^>]*>/g, ' ');
  return decodeHtml(bare).replaceAll(/\s+/g, ' ').trim();
}
