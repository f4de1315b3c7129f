// Verifies the audit log and records the verification in it, so that operators see when it was last verified,
// and with what result. The verification is in verification.service.ts.
import type { AuditActor } from '#core/audit/audit.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { AuditSearchStore } from '#core/audit/audit-search.store.ts';
import type { Log } from '#platform/logging/log.ts';
import type { ChainReport } from './audit-chain.ts';
import type { AuditVerification } from './verification.service.ts';

export interface RecordedVerificationDependencies {
  readonly auditVerification: AuditVerification;
  readonly audit: Audit;
  readonly events: Pick<AuditSearchStore, 'search'>;
  readonly log: Log;
}

export interface LastVerification {
  readonly at: Date;
  readonly faultCount: number;
}

const event = 'audit.verified';

export function createRecordedVerification(dependencies: RecordedVerificationDependencies) {
  const { auditVerification, audit, events, log } = dependencies;

  /** A replica can be verified too, although nothing can be written there. */
  async function record(by: AuditActor, { entries, faultCount }: ChainReport): Promise<void> {
    const details = { entries, faults: faultCount };
    try {
      await audit.append({ event, actor: by, details });
    } catch (err) {
      log.warn({ event: 'audit.unrecorded', err }, 'a verification could not be recorded');
    }
  }

  return {
    /**
     * @param externalHead a signed head from another system, which the chain must match
     * @throws AppError `invalid_input` when it was not signed by this installation
     */
    async verify(by: AuditActor, externalHead?: string): Promise<ChainReport> {
      const report = await auditVerification.verify(externalHead);
      await record(by, report);
      return report;
    },
    /** The most recent verification by the panel or the command line. */
    async last(): Promise<LastVerification | undefined> {
      const { items } = await events.search({ event }, { after: undefined, limit: 1 });
      const [found] = items;
      return found && { at: found.at, faultCount: Number(found.details['faults']) };
    },
  };
}

export type RecordedVerification = ReturnType<typeof createRecordedVerification>;
