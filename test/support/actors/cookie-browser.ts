// A browser without JavaScript: keeps cookies, follows redirects within the issuer and submits
// forms with their hidden fields. It stops at a redirect to a client.
import { createCookieJar, type CookieJar } from './cookie-jar.ts';
import { decodeHtml, readForms, type HtmlForm } from './html-forms.ts';
import type { Send, WireRequest } from './http-client.ts';

export interface Browser {
  readonly cookies: CookieJar;
  /** Opens a URL as if it were typed or followed from a client. */
  open(url: string | URL, headers?: WireRequest['headers']): Promise<Page>;
  /** Submits a form from a page of another site, hence without SameSite=Lax cookies. */
  postFromElsewhere(url: string | URL, body: WireRequest['body'], type?: string): Promise<Page>;
  /** Another browser with copies of the cookies, as an attacker who stole them has. */
  copy(): Browser;
  /** The same browser, connected to another node. */
  through(send: Send): Browser;
}

export interface Page {
  /** The URL after all redirects. */
  readonly url: URL;
  /** True after a redirect to a client; the URL then holds the response parameters. */
  readonly left: boolean;
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
  /** The text of the page without tags. */
  readonly text: string;
  readonly heading: string;
  /** The value of `data-error` on an error page. */
  readonly errorCode: string | undefined;
  readonly language: string | undefined;
  has(id: string): boolean;
  /** The form that contains the button or field. */
  form(idOrField: string): HtmlForm;
  /** Fills in the form that contains the button and submits it with the button. */
  press(buttonId: string, fields?: Readonly<Record<string, string>>): Promise<Page>;
}

const maxRedirects = 12;

export function createBrowser(send: Send, issuer: string, cookies = createCookieJar()): Browser {
  const { origin } = new URL(issuer);

  async function go(start: URL, first: WireRequest): Promise<Page> {
    let url = start;
    let request = first;
    for (let hop = 0; hop < maxRedirects; hop += 1) {
      const answer = await send(url, withCookies(request, url));
      cookies.keep(url, answer.headers);
      const location = answer.headers.get('location');
      if (location === null || answer.status < 300 || answer.status > 399) {
        return show(url, answer);
      }
      if (answer.status > 303)
        throw new Error(`Redirect with ${answer.status} would resubmit the form`);
      url = new URL(location, url.href);
      request = { headers: keptHeaders(request) };
      if (url.origin !== origin) return show(url, answer, true);
    }
    throw new Error(`Too many redirects: ${url.href}`);
  }

  function withCookies(request: WireRequest, url: URL): WireRequest {
    const isCrossSite = request.headers?.['sec-fetch-site'] === 'cross-site';
    const cookie = isCrossSite ? '' : cookies.header(url);
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
        if (!found) throw new Error(`No form contains ${idOrField}: ${describe(page)}`);
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
      if (!fields.has(name)) throw new Error(`Form has no field ${name}: ${describe(page)}`);
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

/** The headers that a browser repeats after a redirect. */
function keptHeaders({ headers = {} }: WireRequest): NonNullable<WireRequest['headers']> {
  const language = headers['accept-language'];
  return language === undefined ? {} : { 'accept-language': language };
}

/** Summary of a page for error messages. */
export function describe({ url, status, text }: Page): string {
  return `${status} ${url.href.slice(0, 200)}: ${text.slice(0, 300)}`;
}

function textOf(html: string): string {
  const bare = html
    .replaceAll(/<(script|style|head)\b[^]*?<\/\1>/g, ' ')
    // A possible line break within a word, which is not a space.
    .replaceAll('<wbr>', '')
    .replaceAll(/<[^>]*>/g, ' ');
  return decodeHtml(bare).replaceAll(/\s+/g, ' ').trim();
}
