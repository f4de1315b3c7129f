// An MCP client: the unmodified client of the official SDK, with credentials in memory and a user who
// passes our pages in a browser.
import { randomUUID } from 'node:crypto';
import {
  UnauthorizedError,
  type OAuthClientProvider,
} from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type {
  OAuthClientInformationMixed,
  OAuthTokens,
} from '@modelcontextprotocol/sdk/shared/auth.js';

export interface McpClientOptions {
  /** The MCP server. */
  readonly url: URL;
  readonly grantTypes?: readonly string[];
  /** The URL of a metadata document, used as the client_id. */
  readonly clientMetadataUrl?: string;
  /** The user: from the authorization request to the redirect URI. */
  readonly visit: (authorization: URL) => Promise<URL>;
}

export const redirectUrl = 'http://127.0.0.1:41999/callback';

export function createMcpClient({ url, visit, ...facts }: McpClientOptions) {
  const credentials = createCredentials(facts);
  let transport = createTransport();
  let client = createClient();

  function createTransport() {
    return new StreamableHTTPClientTransport(url, { authProvider: credentials.provider });
  }
  function createClient() {
    return new Client({ name: 'reader', version: '1.0.0' });
  }

  /** Signs in as the SDK requests, after which it needs a new connection. */
  async function authorize(): Promise<void> {
    const { searchParams } = await visit(credentials.authorization());
    const code = searchParams.get('code');
    if (code === null) throw new Error(`no code: ${String(searchParams)}`);
    await transport.finishAuth(code);
    await client.close();
    [transport, client] = [createTransport(), createClient()];
    await client.connect(transport);
  }

  /** Runs an act, and once more after a sign-in if the SDK asks for one. */
  async function withSignIn<Result>(act: () => Promise<Result>): Promise<Result> {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof UnauthorizedError)) throw error;
      await authorize();
      return act();
    }
  }

  return {
    ...credentials,
    connect: () =>
      withSignIn(async () => {
        if (transport.sessionId === undefined && client.transport === undefined) {
          await client.connect(transport);
        }
      }),
    /** The text that a tool returns. */
    call: async (name: string): Promise<string> => {
      const { content } = await withSignIn(() => client.callTool({ name, arguments: {} }));
      const [first] = Array.isArray(content) ? content : [];
      return String(first?.text);
    },
    close: () => client.close(),
  };
}

function createCredentials({
  grantTypes = ['authorization_code', 'refresh_token'],
  clientMetadataUrl,
}: Pick<McpClientOptions, 'grantTypes' | 'clientMetadataUrl'>) {
  const saved: {
    client?: OAuthClientInformationMixed;
    tokens?: OAuthTokens;
    verifier?: string;
  } = {};
  const authorizations: URL[] = [];
  const provider: OAuthClientProvider = {
    redirectUrl,
    ...(clientMetadataUrl === undefined ? {} : { clientMetadataUrl }),
    clientMetadata: {
      client_name: 'Reader',
      redirect_uris: [redirectUrl],
      grant_types: [...grantTypes],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
    state: () => randomUUID(),
    clientInformation: () => saved.client,
    saveClientInformation: (client) => void (saved.client = client),
    tokens: () => saved.tokens,
    saveTokens: (tokens) => void (saved.tokens = tokens),
    redirectToAuthorization: (url) => void authorizations.push(url),
    saveCodeVerifier: (verifier) => void (saved.verifier = verifier),
    codeVerifier: () => saved.verifier ?? '',
  };
  return {
    provider,
    /** The authorization requests so far. */
    authorizations,
    authorization(): URL {
      const last = authorizations.at(-1);
      if (!last) throw new Error('the SDK requested no authorization');
      return last;
    },
    clientId: () => saved.client?.client_id ?? '',
    tokens: () => saved.tokens,
    /** Makes the access token appear expired. */
    spoilAccessToken(): void {
      if (saved.tokens) saved.tokens = { ...saved.tokens, access_token: 'expired' };
    },
  };
}
