// docs/mcp.md: its MCP server, run as printed, with the unmodified client of the official SDK, which
// registers itself.
import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { startDocumentHost } from '#test/support/actors/client-document-host.ts';
import {
  createMcpClient,
  redirectUrl,
  type McpClientOptions,
} from '#test/support/actors/mcp-client.ts';
import { openBoth } from '#test/support/cli/server-and-cli.ts';
import { closeInReverse } from '#test/support/cli/shell.ts';
import { fetchPatiently, freeAddress, passPages } from '#test/support/docs/example-programs.ts';
import { openDesk, readSection } from '#test/support/docs/printed-commands.ts';

const document = 'docs/mcp.md';

describe('the MCP server of the documentation', () => {
  const closing = closeInReverse({ after });
  const late: { both?: Awaited<ReturnType<typeof openBoth>> } = {};
  before(async () => {
    const [settings] = await printedSettings();
    late.both = await openBoth(closing, { ...settings, OUTBOUND_ALLOW: '127.0.0.0/8' });
  });
  const both = () => {
    assert.ok(late.both);
    return late.both;
  };

  it('admits the client of the SDK after registration and sign-in, and refreshes', async (t) => {
    const url = await startServer(t);
    const client = await aClient(url);

    await client.connect();

    const person = client.person;
    assert.equal(await client.call('read_note'), `A note of ${person.id}`);
    const [request] = client.authorizations;
    assert.deepEqual(
      ['resource', 'code_challenge_method', 'scope'].map((name) => request?.searchParams.get(name)),
      [url.href, 'S256', 'notes:read'],
    );
    const registered = await both().app.services.clientStore.find(client.clientId());
    assert.equal(registered?.origin, 'registration');

    const issued = client.tokens();
    client.spoilAccessToken();
    assert.equal(await client.call('read_note'), `A note of ${person.id}`);
    assert.equal(client.authorizations.length, 1, 'the SDK refreshed without a sign-in');
    assert.notEqual(client.tokens()?.refresh_token, issued?.refresh_token);
    await client.close();
  });

  it('admits the client of the SDK with a metadata document instead of a registration', async (t) => {
    const url = await startServer(t);
    const host = await startDocumentHost(t);
    host.document = { ...host.document, redirect_uris: [redirectUrl] };
    const client = await aClient(url, { clientMetadataUrl: host.clientId });

    await client.connect();

    assert.equal(await client.call('read_note'), `A note of ${client.person.id}`);
    assert.equal(client.clientId(), host.clientId);
    client.spoilAccessToken();
    assert.equal(await client.call('read_note'), `A note of ${client.person.id}`);
    assert.equal(client.authorizations.length, 1, 'the SDK refreshed without a sign-in');
    await client.close();
  });

  it('gives the client more scope when a tool needs it', async (t) => {
    const url = await startServer(t);
    const client = await aClient(url, { grantTypes: ['authorization_code'] });
    await client.connect();
    assert.equal(client.tokens()?.refresh_token, undefined);

    assert.equal(await client.call('write_note'), 'Written.');

    const scopes = client.authorizations.map(({ searchParams }) => searchParams.get('scope'));
    assert.deepEqual(scopes, ['notes:read', 'notes:read notes:write']);
    await client.close();
  });

  it('refuses a request without a token, and a token for another resource', async (t) => {
    const url = await startServer(t);
    const { app } = both();
    const other = await app.createApi({ scopes: ['notes:read'], accessTokenFormat: 'jwt' });
    const rp = await app.relyingParty();
    const parameters = { scope: 'openid notes:read', resource: other.audience };
    const { accessToken } = await rp.login(await app.createUser(), parameters);

    for (const headers of [{}, { authorization: `Bearer ${accessToken}` }]) {
      const answer = await fetch(url, { method: 'POST', headers });
      assert.equal(answer.status, 401);
      assert.match(answer.headers.get('www-authenticate') ?? '', /resource_metadata="http/);
    }
  });

  it('is the only resource that the client may name', async (t) => {
    const url = await startServer(t);
    const client = await aClient(url);
    await client.connect();
    const request = new URL(client.authorization());
    request.searchParams.set('resource', 'http://127.0.0.1:1/mcp');

    const arrived = await passPages(both().app, request.href, client.person);

    assert.equal(arrived.searchParams.get('error'), 'invalid_target');
    await client.close();
  });

  async function aClient(
    url: URL,
    facts: Pick<McpClientOptions, 'grantTypes' | 'clientMetadataUrl'> = {},
  ) {
    const person = await both().app.createUser();
    const visit = (request: URL) => passPages(both().app, request.href, person);
    return { ...createMcpClient({ url, visit, ...facts }), person };
  }

  /** Registers the resource and starts the programs with the commands of the document. */
  async function startServer(t: TestContext): Promise<URL> {
    const address = await freeAddress();
    const places = {
      'http://localhost:3000': both().app.issuer,
      'http://127.0.0.1:8090/': address.href,
    };
    const desk = await openDesk(t, { settings: both().settings, places });
    const [create] = await readSection(document, 'Register the MCP server');
    await desk.run(create?.code ?? 'false');
    const blocks = await readSection(document, 'Protect the MCP server');
    await desk.writeFiles(blocks);
    desk.start(blocks.at(-1)?.code ?? 'false');
    const url = new URL('/mcp', address);
    await fetchPatiently(url, { method: 'POST' });
    return url;
  }
});

/** The settings of the document. */
async function printedSettings(): Promise<readonly Record<string, string>[]> {
  const blocks = await readSection(document, 'Register the MCP server');
  return blocks
    .filter(({ language }) => language === 'ini')
    .map(({ code }) =>
      Object.fromEntries(
        code
          .trim()
          .split('\n')
          .map((line) => line.split('=') as [string, string]), // NAME=value, as printed
      ),
    );
}
