// Trusted devices: browsers in which a user is not asked for the second factor for some days. The first
// factor is still required, and `acr` and `amr` of the sign-in contain only that factor. Which requests may
// rely on trust is decided in features/mfa/trusted-browser.pages.ts.
import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { AuditActor } from '#core/audit/audit.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import type { ReadUser } from '#core/users/user-holds.store.ts';
import { randomToken } from '#platform/crypto/hashing.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { RequestOriginSlot } from '#platform/request/request-origin.ts';
import { isUuid } from '#platform/uuid.ts';
import type { TrustedDevice, TrustedDeviceStore } from './trusted-devices.store.ts';

const dayMilliseconds = 24 * 60 * 60 * 1000;

export interface TrustedDeviceDependencies {
  readonly db: Database;
  readonly store: TrustedDeviceStore;
  readonly audit: Audit;
  readonly invalidation: Invalidation;
  readonly origin: RequestOriginSlot;
  /** If 0, no device is trusted. */
  readonly days: number;
  readonly now: () => Date;
}

export function createTrustedDevices(dependencies: TrustedDeviceDependencies) {
  const { db, store, audit, invalidation, origin, days, now } = dependencies;

  return {
    days,
    /**
     * After the second factor was verified.
     * @param user as read together with the first factor
     * @returns a token for this browser; `undefined` when something of the user was revoked since
     */
    async trust({ id: userId, securityVersion }: ReadUser): Promise<string | undefined> {
      if (days === 0) return undefined;
      const token = randomToken();
      const expiresAt = new Date(now().getTime() + days * dayMilliseconds);
      const device = origin.get()?.device;
      const trust = { id: randomUUID(), userId, securityVersion, token, device, expiresAt };
      const isAdded = await db.transaction(async (tx) => {
        if (!(await store.add(trust, now(), tx))) return false;
        const details = { trusted_device: trust.id, days };
        await audit.append(
          { event: 'device.trusted', actor: actorOf(userId), userId, details },
          tx,
        );
        return true;
      });
      return isAdded ? token : undefined;
    },
    /**
     * True if one of the tokens replaces the second factor. A revocation before the sign-in is complete still
     * cancels it, because the security version of `user` no longer matches.
     */
    async isTrusted(
      { id: userId, securityVersion }: ReadUser,
      tokens: readonly string[],
    ): Promise<boolean> {
      if (days === 0 || tokens.length === 0) return false;
      return db.transaction(async (tx) => {
        const id = await store.use(userId, { tokens, securityVersion }, now(), tx);
        if (id === undefined) return false;
        const details = { trusted_device: id };
        const entry = { event: 'device.trust_used', actor: actorOf(userId), userId } as const;
        await audit.append({ ...entry, details }, tx);
        return true;
      });
    },
    list: (userId: string): Promise<readonly TrustedDevice[]> => store.list(userId, now()),
    /** False: no such device, or it belongs to another user. */
    async revoke(userId: string, id: string, by: AuditActor): Promise<boolean> {
      if (!isUuid(id)) return false;
      const isGone = await db.transaction(async (tx) => {
        if (!(await store.remove(userId, id, tx))) return false;
        const details = { trusted_device: id };
        await audit.append({ event: 'device.trust_revoked', actor: by, userId, details }, tx);
        return true;
      });
      if (isGone) await invalidation.publish({ userId });
      return isGone;
    },
    /** Called when a factor of the user changes, in the same transaction. */
    async revokeAllIn(tx: Knex, userId: string, by: AuditActor): Promise<void> {
      const count = await store.removeAll(userId, tx);
      if (count === 0) return;
      const details = { count };
      await audit.append({ event: 'device.trust_revoked', actor: by, userId, details }, tx);
    },
  };
}

export type TrustedDevices = ReturnType<typeof createTrustedDevices>;

function actorOf(userId: string): AuditActor {
  return { kind: 'user', id: userId };
}
