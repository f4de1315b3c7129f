// A protected resource for plans without userinfo. It checks the sender constraint of a token (RFC 9449
// §7, RFC 8705 §3) and asks the provider about it as the client that owns the token. On another path,
// the suite approves or denies CIBA requests in place of the user.
import { createHash, randomUUID, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, request, type Server } from 'node:https';
import { text } from 'node:stream/consumers';
import { TLSSocket } from 'node:tls';
import { calculateJwkThumbprint, EmbeddedJWK, importPKCS8, jwtVerify, SignJWT } from 'jose';
import type { KeyClient } from '#conformance/plans/clients.ts';
import type { Addresses } from './addresses.ts';
import type { Identity } from './certificates.ts';
import { ciphers } from './tls-proxies.ts';

export interface ResourceOptions {
  readonly addresses: Addresses;
  readonly identity: Identity;
  /** The clients that may own a token. */
  readonly clients: readonly KeyClient[];
  readonly decide: (requestId: string, action: string) => Promise<unknown>;
}

type Claims = Readonly<Record<string, unknown>>;

const proofSeconds = 60;

export async function startResource(options: ResourceOptions): Promise<Server> {
  const seen = new Set<string>();
  const server = createServer(
    {
      ...options.identity,
      ciphers,
      minVersion: 'TLSv1.2',
      requestCert: true,
      rejectUnauthorized: false,
    },
    (req, res) => void answer(req, res),
  );
  server.listen(options.addresses.resourcePort, '127.0.0.1');
  await once(server, 'listening');
  return server;

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const url = new URL(req.url ?? '/', options.addresses.resource);
    const isApproval = url.href.startsWith(options.addresses.approval);
    const outcome = isApproval ? decide(url) : checkToken(req, url);
    const result = await outcome.catch((error: unknown) => String(error));
    const isRefused = typeof result === 'string';
    res.writeHead(isRefused ? 401 : 200, {
      'content-type': 'application/json',
      // FAPI 1.0 Part 1 §6.2.1
      'x-fapi-interaction-id': req.headers['x-fapi-interaction-id'] ?? randomUUID(),
      ...(isRefused
        ? { 'www-authenticate': 'DPoP error="invalid_token", algs="ES256 PS256"' }
        : {}),
    });
    res.end(JSON.stringify(isRefused ? { error: 'invalid_token', reason: result } : result));
  }

  async function decide({ searchParams }: URL): Promise<object> {
    const [id, action] = ['auth_req_id', 'action'].map((name) => searchParams.get(name) ?? '');
    await options.decide(id ?? '', action ?? '');
    return {};
  }

  /** Resolves to what the token allows, or throws the reason for the refusal. */
  async function checkToken(req: IncomingMessage, url: URL): Promise<object> {
    const [, scheme = '', token] = /^(\S+) +(\S+)$/.exec(req.headers.authorization ?? '') ?? [];
    if (token === undefined || url.searchParams.has('access_token')) throw new Error('no token');
    const claims = await introspect(token);
    const { jkt, 'x5t#S256': thumbprint } = Object(claims['cnf']) as Claims;
    if (typeof jkt === 'string') {
      if (scheme.toLowerCase() !== 'dpop') throw new Error('DPoP is required');
      await checkProof(req, { url, token, jkt, seen });
    } else if (thumbprint !== certificateOf(req)) {
      throw new Error('another certificate, or none');
    }
    return { client_id: claims['client_id'], scope: claims['scope'] };
  }

  async function introspect(token: string): Promise<Claims> {
    for (const client of options.clients) {
      const claims = await introspectAs(client, token, options);
      if (claims['active'] === true) return claims;
    }
    throw new Error('the token is not active');
  }
}

function certificateOf({ socket }: IncomingMessage): string | undefined {
  const raw = socket instanceof TLSSocket ? socket.getPeerCertificate().raw : undefined;
  return raw && createHash('sha256').update(new X509Certificate(raw).raw).digest('base64url');
}

interface Proven {
  readonly url: URL;
  readonly token: string;
  readonly jkt: string;
  readonly seen: Set<string>;
}

async function checkProof(req: IncomingMessage, { url, token, jkt, seen }: Proven): Promise<void> {
  const proofs = req.rawHeaders.filter((name, index) => index % 2 === 0 && /^dpop$/i.test(name));
  if (proofs.length !== 1) throw new Error('not exactly one proof');
  const { payload, protectedHeader } = await jwtVerify(String(req.headers['dpop']), EmbeddedJWK, {
    typ: 'dpop+jwt',
    algorithms: ['ES256', 'PS256', 'EdDSA'],
    clockTolerance: proofSeconds,
  });
  const { htm, htu, ath, jti, iat } = payload;
  const address = URL.parse(String(htu));
  const hash = createHash('sha256').update(token).digest('base64url');
  const isHere = address?.origin === url.origin && address.pathname === url.pathname;
  if (!isHere || htm !== req.method || ath !== hash) throw new Error('a proof of something else');
  const age = Math.abs(Date.now() / 1000 - (iat ?? 0));
  if (typeof jti !== 'string' || seen.has(jti) || age > proofSeconds) {
    throw new Error('a proof of another time');
  }
  seen.add(jti);
  const { jwk } = protectedHeader;
  if (!jwk || (await calculateJwkThumbprint(jwk)) !== jkt) throw new Error('proof by another key');
}

/** With the certificate of the client, which some clients authenticate with. */
async function introspectAs(
  { client_id: clientId, keys, token_endpoint_auth_method: method }: KeyClient,
  token: string,
  { addresses, identity }: ResourceOptions,
): Promise<Claims> {
  const usesCertificate = method === 'self_signed_tls_client_auth';
  const assertion = usesCertificate
    ? {}
    : {
        client_assertion: await signAssertion(clientId, keys.key, addresses.issuer),
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      };
  const call = request(`${addresses.certificateOrigin}/oauth2/introspect`, {
    method: 'POST',
    cert: keys.cert,
    key: keys.key,
    // The servers of the run share one certificate, and its authority is not in the system's list.
    ca: identity.cert,
    rejectUnauthorized: false,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  call.end(String(new URLSearchParams({ token, client_id: clientId, ...assertion })));
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  return JSON.parse(await text(response)) as Claims; // RFC 7662 §2.2
}

async function signAssertion(clientId: string, key: string, issuer: string): Promise<string> {
  return new SignJWT({ jti: randomUUID() })
    .setProtectedHeader({ alg: 'PS256' })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(issuer)
    .setIssuedAt()
    .setExpirationTime('1m')
    .sign(await importPKCS8(key, 'PS256'));
}
