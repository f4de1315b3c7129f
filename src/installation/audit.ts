// What proves the audit: the signing keys, sealing, checking and export.
import type { Config } from '#platform/settings/config.ts';
import type { Keyring } from '#platform/secrets/encryption.ts';
import type { Log } from '#platform/logging/log.ts';
import type { Database } from '#platform/database/postgres.ts';
import { createAuditChain } from '#services/audit/audit-chain.ts';
import { createAuditExport } from '#services/audit/chain/export.ts';
import { createAuditHeads } from '#services/audit/chain/heads.ts';
import { createAuditVerification } from '#services/audit/chain/verification.ts';
import type { Audit } from '#services/audit/audit.ts';
import { createSigningKeys } from '#services/clients/signing-keys.ts';
import { createAuditChainStore } from '#stores/audit/audit-chain.ts';
import { createAuditExportStore } from '#stores/audit/audit-export.ts';
import type { SigningKeyStore } from '#stores/clients/signing-keys.ts';

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
