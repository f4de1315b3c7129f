// Reuse of a refresh token or authorization code. The server cannot distinguish an attacker from
// the legitimate client, so it revokes everything issued from that value, records an audit event,
// and notifies the user and the client.
import type { Database } from '#platform/database/postgres.ts';
import type { Log } from '#platform/logging/log.ts';
import { refreshTokenReusedMail } from './mails/revocation-mail-templates.ts';
import type { RevocationStore } from './revocation.store.ts';
import type { GrantStore } from '#core/tokens/grants.store.ts';
import type { RefreshFamily, RefreshFamilyStore } from '#core/tokens/refresh-families.store.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import type { Notifications } from '#core/outbox/notifications.service.ts';

export interface TokenReuseDependencies {
  readonly db: Database;
  readonly families: RefreshFamilyStore;
  readonly revocations: RevocationStore;
  readonly grants: GrantStore;
  readonly audit: Audit;
  readonly notifications: Notifications;
  readonly invalidation: Invalidation;
  readonly log: Log;
  readonly now: () => Date;
}

/** The grant that a code was exchanged for, and the session it was issued in. */
export interface CodeProduct {
  readonly grantId: string;
  readonly sessionUid: string | undefined;
}

export function createTokenReuse(dependencies: TokenReuseDependencies) {
  const { db, families, revocations, grants, audit, notifications, invalidation, log, now } =
    dependencies;
  return {
    /** Reuse outside the grace period (RFC 9700 §4.14.2). Reported once per family. */
    async refreshTokenReused(family: RefreshFamily, reusedGeneration: number): Promise<void> {
      const { id: familyId, clientId, userId, grantId, generation } = family;
      const ended = await db.transaction(async (tx) => {
        // Every revocation locks the grant before the family.
        await revocations.findGrant(grantId, tx);
        const first = await families.end(familyId, 'reused', now(), tx);
        await grants.revoke(grantId, now(), tx);
        if (!first) return false;
        const event = 'refresh_token.reused';
        const lastRotation = await families.lastRotation(familyId, tx);
        await audit.append(
          {
            event,
            actor: { kind: 'anonymous' },
            userId,
            clientId,
            sessionUid: sessionOf(family),
            details: { familyId, grantId, generation, reusedGeneration },
            personal: {
              lastRotationAddress: lastRotation?.address,
              lastRotationDevice: lastRotation?.device,
            },
          },
          tx,
        );
        const grant = { id: grantId, userId, clientId };
        await notifications.notifyClients(await revocations.findSessionsOn(grant, tx), tx);
        await notifications.notifyUser(userId, refreshTokenReusedMail({ clientId }), tx);
        return true;
      });
      if (!ended) return;
      await invalidation.publish({ userId });
      log.warn(
        { event: 'refresh_token.reused', familyId, clientId, userId, grantId },
        'refresh token reuse detected; the token family was revoked',
      );
    },
    /** Reuse of an authorization code (RFC 6749 §4.1.2) revokes what was issued for it. */
    async codeReplayed({ grantId, sessionUid }: CodeProduct): Promise<void> {
      const owner = await db.transaction(async (tx) => {
        // Of concurrent replays, only the one that revokes the grant records the event.
        const ended = await grants.revoke(grantId, now(), tx);
        if (!ended) return undefined;
        const event = 'authorization_code.replayed';
        const actor = { kind: 'anonymous' } as const;
        await audit.append({ event, actor, ...ended, sessionUid, details: { grantId } }, tx);
        return ended.userId;
      });
      if (owner) await invalidation.publish({ userId: owner });
    },
  };
}

export type TokenReuse = ReturnType<typeof createTokenReuse>;

/** The session in which the family was issued. */
function sessionOf({ content }: RefreshFamily): string | undefined {
  const { sessionUid } = content;
  return typeof sessionUid === 'string' ? sessionUid : undefined;
}
