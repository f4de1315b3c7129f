// An issuer on loopback in place of GitHub Actions or Kubernetes: discovery, keys and signed JWTs.
import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { listenForCalls } from '#test/support/services/call-receiver.ts';
import type { CleanUp } from '#test/support/services/databases.ts';

export type WorkloadIssuer = Awaited<ReturnType<typeof startWorkloadIssuer>>;

interface Key {
  readonly kid: string;
  readonly publicKey: CryptoKey;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

export async function startWorkloadIssuer(t: CleanUp, more: readonly JWK[] = []) {
  const key = await createKey();
  let requests = 0;
  const issuer = await listenForCalls(t, async (req, res) => {
    requests += 1;
    const body = req.url?.endsWith('/jwks')
      ? { keys: [key.jwk, ...more] }
      : { issuer, jwks_uri: `${issuer}/jwks` };
    res.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  });

  return {
    issuer,
    /** How often discovery document or keys were fetched. */
    requests: () => requests,
    /** A JWT with usual claims, which the given ones replace; `undefined` omits a claim. */
    async sign(claims: Record<string, unknown>, signer: Key = key): Promise<string> {
      const now = Math.floor(Date.now() / 1000);
      const usual = { iss: issuer, iat: now, exp: now + 300, jti: randomUUID() };
      return new SignJWT({ ...usual, ...claims })
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: signer.kid })
        .sign(signer.privateKey);
    },
  };
}

export async function createKey(): Promise<Key> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const kid = randomUUID();
  return {
    kid,
    publicKey,
    privateKey,
    jwk: { ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'RS256' },
  };
}
