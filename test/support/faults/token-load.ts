// Issues JWT access tokens at all nodes in turn, and verifies each as resource servers do: with a
// library that caches the JWKS.
import { setTimeout as pause } from 'node:timers/promises';
import { createRemoteJWKSet, customFetch, decodeProtectedHeader, jwtVerify } from 'jose';
import type { RelyingParty } from '#test/support/actors/relying-party.ts';
import type { CleanUp } from '#test/support/services/databases.ts';
import type { Node, Nodes } from './nodes.ts';

const pauseMilliseconds = 20;

export interface TokenParty {
  readonly audience: string;
  /** The client that obtains tokens, at each node. */
  readonly clients: readonly RelyingParty[];
  /** The API, which may introspect them, at each node. */
  readonly servers: readonly RelyingParty[];
}

export async function aTokenParty(nodes: Nodes): Promise<TokenParty> {
  const { audience } = await nodes.createApi({ accessTokenFormat: 'jwt', scopes: ['read'] });
  const facts = {
    auth: 'client_secret_basic',
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
  } as const;
  const client = await nodes.relyingParty({ ...facts, scope: 'read' });
  const server = await nodes.relyingParty({ ...facts, resources: [audience] });
  const atEach = (rp: RelyingParty) => Promise.all(nodes.nodes.map(({ send }) => rp.through(send)));
  return { audience, clients: await atEach(client), servers: await atEach(server) };
}

export async function issueToken({ audience, clients }: TokenParty, turn: number): Promise<string> {
  const client = clients[turn % clients.length];
  if (!client) throw new TypeError('no node');
  return (await client.clientCredentials({ resource: audience, scope: 'read' })).accessToken;
}

/**
 * A resource server whose library honors the lifetime of the JWKS, and asks for an unknown key at
 * most every 30 seconds.
 */
function createVerifier(nodes: Nodes, node: Node, maxAgeSeconds: number) {
  let fetches = 0;
  const keys = createRemoteJWKSet(new URL(`${nodes.issuer}/oauth2/jwks`), {
    cacheMaxAge: maxAgeSeconds * 1000,
    [customFetch]: async (url) => {
      fetches += 1;
      return node.send(url);
    },
  });
  return {
    fetches: () => fetches,
    verify: (token: string, audience: string) =>
      jwtVerify(token, keys, { issuer: nodes.issuer, audience, typ: 'at+jwt' }),
  };
}

/** Runs until `stop`; every token is verified by a resource server for each node. */
export async function startTokenLoad(t: CleanUp, nodes: Nodes, maxAgeSeconds: number) {
  const party = await aTokenParty(nodes);
  const verifiers = nodes.nodes.map((node) => createVerifier(nodes, node, maxAgeSeconds));
  /** Tokens that a resource server did not accept. */
  const failures: string[] = [];
  /** Requests for which a node did not issue a token. */
  const refused: string[] = [];
  const signedBy = new Map<number, string>();
  const kids = new Set<string>();
  const over = new AbortController();
  let count = 0;
  /** Tokens since the last failure. */
  let inSequence = 0;

  async function verify(token: string): Promise<void> {
    await Promise.all(verifiers.map((verifier) => verifier.verify(token, party.audience)));
    count += 1;
    inSequence += 1;
  }

  async function round(turn: number): Promise<void> {
    const token = await issueToken(party, turn).catch((error: unknown) => {
      refused.push(String(error));
    });
    if (token === undefined) return;
    const { kid = '' } = decodeProtectedHeader(token);
    signedBy.set(turn % nodes.nodes.length, kid);
    kids.add(kid);
    await verify(token).catch((error: unknown) => {
      failures.push(String(error));
      inSequence = 0;
    });
  }

  async function run(): Promise<void> {
    for (let turn = 0; !over.signal.aborted; turn += 1) {
      await round(turn);
      await pause(pauseMilliseconds);
    }
  }

  const running = run();
  const stop = async (): Promise<void> => {
    over.abort();
    await running;
  };
  t.after(stop);
  return {
    party,
    failures,
    refused,
    kids,
    stop,
    /** The keys that signed the latest token of each node. */
    latestKids: (): readonly string[] => [...signedBy.values()],
    count: () => count,
    fetches: () => verifiers.reduce((sum, { fetches }) => sum + fetches(), 0),
    /** Resolves when this many consecutive tokens were verified, whatever failed before. */
    async recovers(goal: number): Promise<void> {
      inSequence = 0;
      const isBehind = () => inSequence < goal;
      while (isBehind()) await pause(pauseMilliseconds);
    },
    /** Resolves when this many further tokens were verified. */
    async verifies(more: number): Promise<void> {
      const goal = count + more;
      const isBehind = () => count < goal && failures.length + refused.length === 0;
      while (isBehind()) await pause(pauseMilliseconds);
    },
  };
}
