// Completes the restoration of a database. A backup contains sessions, tokens and links that may have been
// revoked or used afterwards, and the records of that are lost. Therefore the restoration revokes everything
// that was issued before it (docs/decisions/0041).
import type { Knex } from 'knex';
import type { AuditActor } from '#core/audit/audit.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { AuditChain } from '#core/audit/chain/audit-chain.service.ts';
import type { ChainReport } from '#core/audit/chain/audit-chain.ts';
import type { AuditVerification } from '#core/audit/chain/verification.service.ts';
import type { RevocationStore } from '#core/revocation/revocation.store.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { InstallationStore } from './installation.store.ts';
import type { RestorationStore } from './restoration.store.ts';

const event = 'database.restored';

export interface RestorationDependencies {
  readonly db: Database;
  readonly store: RestorationStore;
  readonly revocations: RevocationStore;
  readonly installation: InstallationStore;
  readonly audit: Audit;
  readonly auditChain: AuditChain;
  readonly auditVerification: AuditVerification;
  readonly invalidation: Invalidation;
  readonly now: () => Date;
}

/** Number of revoked items, by kind. */
export type EndedCounts = Readonly<
  Record<
    | 'sessions'
    | 'grants'
    | 'refresh_families'
    | 'email_tokens'
    | 'setup_links'
    | 'approvals'
    | 'impersonations'
    | 'held_back_mails',
    number
  >
>;

export interface RestorationReport {
  readonly at: Date;
  readonly ended: EndedCounts;
  /** The result of verifying the audit chain, which includes the event of the restoration. */
  readonly audit: ChainReport;
}

export function createRestoration(dependencies: RestorationDependencies) {
  const { db, installation, audit, auditChain, auditVerification } = dependencies;
  const { invalidation, now } = dependencies;
  return {
    /** Revokes everything in one transaction, and records that in the audit log. */
    async finish(by: AuditActor): Promise<RestorationReport> {
      const at = now();
      const ended = await db.transaction(async (tx) => {
        const counts = await endEverything(dependencies, at, tx);
        await installation.recordRestoration(at, tx);
        await audit.append({ event, actor: by, details: { ended: counts } }, tx);
        return counts;
      });
      await invalidation.publish({});
      // Before the first start there is no signing key; the event is then sealed later.
      await auditChain.sealTheRest();
      return { at, ended, audit: await auditVerification.verify() };
    },
  };
}

export type Restoration = ReturnType<typeof createRestoration>;

async function endEverything(
  { store, revocations }: RestorationDependencies,
  at: Date,
  tx: Knex,
): Promise<EndedCounts> {
  await store.raiseEpoch(at, tx);
  const sessions = await revocations.endAllSessions(event, at, tx);
  const grants = await revocations.revokeGrants({ everybody: true }, at, tx);
  const families = await revocations.endFamilies({ everybody: true }, at, tx);
  await store.deleteAccessTokens(at, tx);
  await store.endTotpSteps(at, tx);
  return {
    sessions,
    grants,
    refresh_families: families,
    email_tokens: await store.endEmailTokens(at, tx),
    setup_links: await store.endSetupLinks(at, tx),
    approvals: await store.endApprovals(at, tx),
    impersonations: await store.endImpersonations(at, tx),
    held_back_mails: await store.holdBackMail(at, tx),
  };
}
