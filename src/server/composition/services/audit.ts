// Creates the services for the audit log's integrity: signing keys, sealing, verification and
// export.
import type { Config } from '#config/config.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import type { Log } from '#platform/logging/log.ts';
import type { Database } from '#platform/database/postgres.ts';
import { createAuditChain } from '#core/audit/chain/audit-chain.service.ts';
import { createAuditExport } from '#core/audit/chain/audit-export.service.ts';
import { createAuditHeads } from '#core/audit/chain/signed-heads.service.ts';
import { createAuditVerification } from '#core/audit/chain/verification.service.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import { createSigningKeys } from '#core/keys/signing-keys.service.ts';
import { createAuditChainStore } from '#core/audit/chain/audit-chain.store.ts';
import { createAuditExportStore } from '#core/audit/chain/audit-export.store.ts';
import type { SigningKeyStore } from '#core/keys/signing-keys.store.ts';

export interface AuditParts {
  readonly config: Config;
  readonly log: Log;
  readonly now: () => Date;
  readonly db: Database;
  readonly keyring: Keyring;
  readonly audit: Audit;
  readonly keys: SigningKeyStore;
}

export function wireAudit({ config, log, now, db, keyring, audit, keys }: AuditParts) {
  const chain = createAuditChainStore(db);
  const signingKeys = createSigningKeys({ db, keys, keyring, audit, now });
  const heads = createAuditHeads({ signingKeys, issuer: config.issuer, now });
  const auditChain = createAuditChain({ db, chain, heads, log });
  return {
    signingKeys,
    auditChain,
    auditVerification: createAuditVerification({ chain, heads }),
    auditExport: createAuditExport({
      chain,
      search: createAuditExportStore(db),
      sealing: auditChain,
      signingKeys,
    }),
  };
}
