// A relying party that publishes its keys at an address (`jwks_uri`), and rotates them.
import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { listenForCalls } from '#test/support/services/call-receiver.ts';
import type { CleanUp } from '#test/support/services/databases.ts';

interface Published {
  readonly jwk: JWK;
  readonly privateKey: CryptoKey;
}

export async function startKeyServer(t: CleanUp) {
  let current = await createKey();
  let requests = 0;
  const origin = await listenForCalls(t, async (_req, res) => {
    requests += 1;
    res.setHeader('content-type', 'application/json').setHeader('cache-control', 'max-age=3600');
    res.end(JSON.stringify({ keys: [current.jwk] }));
  });

  return {
    jwksUri: `${origin}/jwks`,
    /** Number of times that the keys were fetched. */
    requests: () => requests,
    /** Publishes a new key instead of the current one, which still signs for the test. */
    async rotate(): Promise<{ readonly replaced: Published }> {
      const replaced = current;
      current = await createKey();
      return { replaced };
    },
    /** Signs with the current key, or with another one or key id. */
    sign: (
      claims: Readonly<Record<string, unknown>>,
      { jwk, privateKey }: Published = current,
      kid = jwk.kid,
    ) =>
      new SignJWT({ ...claims })
        .setProtectedHeader({ alg: 'ES256', ...(kid === undefined ? {} : { kid }) })
        .sign(privateKey),
  };
}

async function createKey(): Promise<Published> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid: randomUUID(), use: 'sig', alg: 'ES256' };
  return { jwk, privateKey };
}
