// Ending what apps may do: one grant, everything of one person's app, or the app as a whole.
import type { AuditActor } from '#core/audit/audit.ts';
import type { Receipt } from './receipts.ts';
import { AppError } from '#platform/errors.ts';
import type { ActDependencies, Acts } from './transaction.service.ts';

export function createAppEndings({ endings, notices }: ActDependencies, acts: Acts) {
  const { perform, endGrants } = acts;
  return {
    /**
     * The person stays signed in; the app is told that its part of the session is over, and has to
     * ask for consent again.
     * @throws AppError `not_found` when it ended before or never was
     */
    async revokeGrant(grantId: string, by: AuditActor): Promise<Receipt> {
      const details = { grantId };
      return perform({ event: 'grant.revoked', actor: by, details }, async (act) => {
        const { tx, receipt } = act;
        const owner = await endings.findGrantOwner(grantId, tx);
        // First the user and the consent: authorizations that rely on them are seen below, or refused.
        if (owner) await endings.raiseAccessVersion(owner.userId, tx);
        const grant = owner && (await endings.findGrant(grantId, tx));
        if (!grant) throw new AppError('not_found', 'There is no such grant.');
        await receipt.measure('consents', () =>
          endings.forgetConsents(grant.clientId, grant.userId, tx),
        );
        await endGrants(act, { grantIds: [grantId] });
        await receipt.measure('logout_notices', async () =>
          notices.tellApps(await endings.findSessionsOn(grant, tx), tx),
        );
        return { userId: grant.userId, clientId: grant.clientId };
      });
    },
    /**
     * Everything that the person allowed the app, in all browsers; the app has to ask again.
     * @throws AppError `not_found` when it may do nothing in the person's name
     */
    async revokeApp(userId: string, clientId: string, by: AuditActor): Promise<Receipt> {
      return perform({ event: 'grant.revoked', actor: by, userId, clientId }, async (act) => {
        const { tx, receipt } = act;
        await endings.raiseAccessVersion(userId, tx);
        await receipt.measure('consents', () => endings.forgetConsents(clientId, userId, tx));
        await endGrants(act, { userId, clientId });
        const ended = receipt.parts().reduce((sum, { count }) => sum + count, 0);
        if (ended === 0) throw new AppError('not_found', 'This app has no access.');
        await receipt.measure('logout_notices', async () =>
          notices.tellApps(await endings.findSessionsOn({ userId, clientId }, tx), tx),
        );
      });
    },
    /** @throws AppError `client_not_found` when there is none or it is blocked */
    async blockClient(clientId: string, by: AuditActor): Promise<Receipt> {
      return perform({ event: 'client.blocked', actor: by, clientId }, async (act) => {
        const found = await act.receipt.measure('client', async () =>
          Number(await endings.blockClient(clientId, act.at, act.tx)),
        );
        if (found === 0) throw new AppError('client_not_found', 'There is no such client.');
        await endGrants(act, { clientId });
      });
    },
    async unblockClient(clientId: string, by: AuditActor): Promise<Receipt> {
      return perform({ event: 'client.unblocked', actor: by, clientId }, async (act) => {
        const found = await act.receipt.measure('client', async () =>
          Number(await endings.unblockClient(clientId, act.at, act.tx)),
        );
        if (found === 0) throw new AppError('conflict', 'This client is not blocked.');
      });
    },
    /** Everybody is asked for consent again. @throws AppError `client_not_found` */
    async revokeGrantsOfClient(clientId: string, by: AuditActor): Promise<Receipt> {
      return perform({ event: 'client.grants_revoked', actor: by, clientId }, async (act) => {
        const found = await act.receipt.measure('client', async () =>
          Number(await endings.raiseClientEpoch(clientId, act.at, act.tx)),
        );
        if (found === 0) throw new AppError('client_not_found', 'There is no such client.');
        await act.receipt.measure('consents', () =>
          endings.forgetConsents(clientId, undefined, act.tx),
        );
        await endGrants(act, { clientId });
      });
    },
  };
}
