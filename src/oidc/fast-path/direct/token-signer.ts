// Signs JWT access tokens in this thread, with the key that oidc-provider would choose, and headers
// that are encoded once for each key.
import type { JWK } from 'jose';
import { createSigner, type Signer } from '#platform/crypto/signatures.ts';
import type { Observation } from '#platform/observation/observation.ts';

/** The algorithm of access tokens (oidc/tokens/resources.ts). */
const accessTokenAlgorithm = 'ES256';

export interface SigningKeys {
  current(): { readonly signing: readonly JWK[] };
}

export interface TokenSignerDependencies {
  readonly keys: SigningKeys;
  readonly observation: Observation;
}

interface KeptKey {
  readonly jwk: JWK;
  readonly signer: Signer;
  readonly header: string;
}

export function createTokenSigner({ keys, observation }: TokenSignerDependencies) {
  let kept: KeptKey | undefined;

  function currentKey(): KeptKey {
    const jwk = keys.current().signing.find(({ alg }) => alg === accessTokenAlgorithm);
    if (kept && jwk === kept.jwk) return kept;
    const signer = jwk && createSigner(jwk);
    if (!signer) throw new TypeError(`No signing key for ${accessTokenAlgorithm}`);
    // The members in the order in which oidc-provider writes them.
    const header = { alg: accessTokenAlgorithm, typ: 'at+jwt', kid: jwk.kid };
    kept = { jwk, signer, header: encode(header) };
    return kept;
  }

  /** The token with these claims; members that are `undefined` are left out. */
  return (claims: object): string => {
    const end = observation.begin({ kind: 'signing', name: 'access_token' });
    const { signer, header } = currentKey();
    const input = `${header}.${encode(claims)}`;
    const signature = signer.sign(Buffer.from(input, 'latin1'));
    end?.();
    return `${input}.${signature.toString('base64url')}`;
  };
}

export type TokenSigner = ReturnType<typeof createTokenSigner>;

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
