// Signed heads: a signature over the hash of the chain up to a position, so that an attacker who can only
// write to the database cannot substitute another chain. Heads should also be kept on another system.
import { CompactSign, compactVerify, createLocalJWKSet, errors, importJWK } from 'jose';
import type { Knex } from 'knex';
import type { HeadClaims, StoredHead } from './audit-chain.ts';
import type { SigningKeys } from '#core/keys/signing-keys.service.ts';

const algorithm = 'ES256';
const type = 'audit-head+jwt';

export interface AuditHeadDependencies {
  readonly signingKeys: SigningKeys;
  readonly issuer: string;
  readonly now: () => Date;
}

/** The claims of a head, or `undefined` when its signature is not from this installation. */
export type HeadReader = (signature: string) => Promise<HeadClaims | undefined>;

export function createAuditHeads({ signingKeys, issuer, now }: AuditHeadDependencies) {
  return {
    async sign(seq: number, hash: Buffer, tx: Knex): Promise<StoredHead> {
      const jwk = await signingKeys.active(algorithm, tx);
      if (!jwk?.kid) throw new TypeError('the audit log cannot be sealed without a signing key');
      const iat = Math.floor(now().getTime() / 1000);
      const claims: HeadClaims = { iss: issuer, seq, hash: hash.toString('base64url'), iat };
      const signature = await new CompactSign(Buffer.from(JSON.stringify(claims)))
        .setProtectedHeader({ alg: algorithm, kid: jwk.kid, typ: type })
        .sign(await importJWK(jwk, algorithm));
      return { seq, hash, signedAt: new Date(iat * 1000), signature };
    },
    /**
     * Verifies heads with all keys that ever existed. ISSUER may have changed, so `iss` is not
     * compared.
     */
    async reader(): Promise<HeadReader> {
      const keys = createLocalJWKSet({ keys: [...(await signingKeys.provedPublicKeys())] });
      return async (signature) => {
        try {
          const { payload, protectedHeader } = await compactVerify(signature, keys, {
            algorithms: [algorithm],
          });
          if (protectedHeader.typ !== type) return undefined;
          return JSON.parse(new TextDecoder().decode(payload)) as HeadClaims; // signed above
        } catch (error) {
          if (error instanceof errors.JOSEError || error instanceof TypeError) return undefined;
          throw error;
        }
      };
    },
  };
}

export type AuditHeads = ReturnType<typeof createAuditHeads>;
