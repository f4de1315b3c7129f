// A small client with a server on another site. Its pages start authorization requests, receive
// the responses and show the result. Everything it accepts has been validated by the strict
// relying party.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import * as oauth from 'oauth4webapi';
import type { TestApp } from '#test/support/app.ts';
import type { CleanUp } from '#test/support/services/databases.ts';
import type { AppFacts } from '#test/support/data/registrations.ts';
import type { Parameters, Pending, Tokens } from '#test/support/actors/relying-party-types.ts';
import type { RelyingParty } from '#test/support/actors/relying-party.ts';

export interface TinyApp {
  /** The base URL of the client, without a trailing slash. */
  readonly url: string;
  readonly rp: RelyingParty;
  /** Returns the URL that starts an authorization request with these parameters. */
  signInUrl(parameters?: Parameters): string;
  /** The results of all authorization requests, the latest last. */
  readonly logins: readonly Tokens[];
  readonly answers: readonly URLSearchParams[];
}

/** The callback page of the client, with the result in `#subject` or `#app-error`. */
export async function startClientApp(
  t: CleanUp,
  at: TestApp,
  facts: AppFacts = {},
): Promise<TinyApp> {
  const late: { handle?: (req: IncomingMessage, res: ServerResponse) => Promise<void> } = {};
  const server = createServer((req, res) => void late.handle?.(req, res));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo; // A TCP port, not a pipe.
  // This host name is another site than 127.0.0.1, as for real clients. Native applications use
  // the IP address.
  const host = facts['application_type'] === 'native' ? '127.0.0.1' : 'localhost';
  const url = `http://${host}:${port}`;
  const app = await at.createClient({
    redirect_uris: [`${url}/callback`],
    post_logout_redirect_uris: [`${url}/signed-out`],
    client_uri: url,
    ...facts,
  });
  const rp = await at.relyingPartyOf(app);
  const pending = new Map<string, Pending>();
  const logins: Tokens[] = [];
  const answers: URLSearchParams[] = [];

  async function begin(parameters: Parameters): Promise<string> {
    const request = await rp.request(parameters);
    pending.set(request.state, request);
    return request.url.href;
  }

  async function finish(address: URL): Promise<string> {
    const request = pending.get(address.searchParams.get('state') ?? '');
    if (!request) return paragraph('app-error', 'unknown state');
    answers.push(address.searchParams);
    try {
      const client = { client_id: app.clientId };
      const parameters = oauth.validateAuthResponse(rp.as, client, address, request.state);
      const code = parameters.get('code') ?? '';
      const tokens = await rp.exchange({ ...request, parameters, code });
      logins.push(tokens);
      return paragraph('subject', String(tokens.claims['sub']));
    } catch (error) {
      const isRefusal = error instanceof oauth.AuthorizationResponseError;
      return paragraph('app-error', isRefusal ? error.error : String(error));
    }
  }

  late.handle = async (req, res) => {
    const address = new URL(req.url ?? '/', url);
    if (req.method === 'POST') address.search = await text(req);
    if (address.pathname === '/sign-in') {
      const location = await begin(Object.fromEntries(address.searchParams));
      return void res.writeHead(302, { location }).end();
    }
    const framed = address.searchParams.get('frame');
    const content = address.pathname === '/callback' ? await finish(address) : frame(framed);
    return void res.writeHead(200, { 'content-type': 'text/html' }).end(page(content));
  };

  return {
    url,
    rp,
    logins,
    answers,
    signInUrl(parameters = {}) {
      const search = new URLSearchParams();
      for (const [name, value] of Object.entries(parameters)) search.set(name, String(value));
      return `${url}/sign-in?${String(search)}`;
    },
  };
}

function paragraph(id: string, words: string): string {
  return `<p id="${id}">${words}</p>`;
}

/** The part of an attacker page that frames a hosted page. */
function frame(url: string | null): string {
  return url === null ? '' : `<iframe name="prey" src="${url}"></iframe>`;
}

function page(content: string): string {
  return `<!doctype html><html lang="en"><title>Tiny app</title><h1>Tiny app</h1>${content}
<p><a id="begin" href="/sign-in">Sign in</a></p></html>`;
}
