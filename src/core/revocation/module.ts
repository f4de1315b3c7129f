// Blocking, and the revocation of sessions, grants and tokens.
import { revocationMails } from './mails/revocation.mails.ts';
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { Approvals } from '#core/approvals/approvals.service.ts';
import type { Rank } from '#core/access-control/rank.service.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Notifications } from '#core/outbox/notifications.service.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import type { GrantStore } from '#core/tokens/grants.store.ts';
import type { RefreshFamilyStore } from '#core/tokens/refresh-families.store.ts';
import type { RevokedTokenStore } from '#core/tokens/revoked-tokens.store.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { countLookups } from '#platform/metrics/cache-metrics.ts';
import { createGlobalRevocation } from './global-token-revocation.service.ts';
import { createRevocationMetrics } from './metrics/revocation-metrics.ts';
import { createBlocking } from './revocation.service.ts';
import { createRevocationStore } from './revocation.store.ts';
import { createTokenReuse } from './token-reuse.service.ts';
import { createTokenRevocation } from './token-revocation.service.ts';

export const revocationModule: Module = { name: 'revocation', tables: [], mails: revocationMails };

export interface RevocationDependencies extends Runtime {
  readonly users: UserStore;
  readonly grants: GrantStore;
  readonly families: RefreshFamilyStore;
  readonly revokedTokens: RevokedTokenStore;
  readonly audit: Audit;
  readonly rank: Rank;
  readonly approvals: Approvals;
  readonly notifications: Notifications;
  readonly invalidation: Invalidation;
}

export function createRevocationModule(dependencies: RevocationDependencies) {
  const { users, grants, families, revokedTokens } = dependencies;
  const { audit, approvals, rank, notifications, invalidation } = dependencies;
  const { config, db, log, metrics, now } = dependencies;
  const revocations = createRevocationStore(db);
  const measures = createRevocationMetrics(metrics);
  const parts = { db, revocations, rank, approvals, audit, notifications, invalidation, now };
  const acts = { ...parts, measures };
  const blocking = createBlocking(acts);
  approvals.register('sessions.end-all', (_approval, by) => blocking.signEveryoneOut(by));
  return {
    blocking,
    globalRevocation: createGlobalRevocation({ users, blocking, issuer: config.issuer }),
    tokenReuse: createTokenReuse({ ...acts, families, grants, log }),
    tokenRevocation: createTokenRevocation({
      audit,
      revokedTokens,
      families,
      invalidation,
      lookedUp: countLookups(metrics, 'revoked_tokens'),
      now,
    }),
  };
}
