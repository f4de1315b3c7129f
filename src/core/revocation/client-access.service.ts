// Revokes the access of clients: a single grant, all grants of a client for one user, or all grants
// of a client; also blocks clients.
import type { Knex } from 'knex';
import type { AuditActor, AuditEvent } from '#core/audit/audit.ts';
import type { Receipt } from './receipts.ts';
import { AppError } from '#platform/errors.ts';
import type { ActDependencies, RevocationActs } from './transaction.service.ts';

/** A change of a client by an operator, written in the transaction of its revocation. */
export interface ClientChange {
  readonly clientId: string;
  readonly event: Extract<
    AuditEvent,
    'client.updated' | 'client.secret_rotated' | 'client.deleted'
  >;
  readonly details?: Record<string, unknown>;
  /** The registered `scope` after the change. */
  readonly conferredScope?: unknown;
  /** True if what was issued to the client must not outlive the change. */
  readonly revokes: boolean;
  readonly by: AuditActor;
  /** Returns false if the client has changed since it was read. */
  write(tx: Knex, at: Date): Promise<boolean>;
}

export function createClientRevocation(
  { revocations, notifications }: ActDependencies,
  acts: RevocationActs,
) {
  const { perform, endGrants } = acts;
  return {
    ...createClientChange(revocations, acts),
    /**
     * Revokes a grant. The user stays signed in; the client receives a back-channel logout for its
     * part of the session and must ask for consent again.
     * @throws AppError `not_found` when it was already revoked or never existed
     */
    async revokeGrant(grantId: string, by: AuditActor): Promise<Receipt> {
      const details = { grantId };
      return perform({ event: 'grant.revoked', actor: by, grantId, details }, async (act) => {
        const { tx, receipt } = act;
        const owner = await revocations.findGrantOwner(grantId, tx);
        // The user's access version is raised first: a concurrent authorization that relies on the old one is
        // either found below or refused.
        if (owner) await revocations.raiseAccessVersion(owner.userId, tx);
        const grant = owner && (await revocations.findGrant(grantId, tx));
        if (!grant) throw new AppError('not_found', 'Grant not found.');
        await receipt.measure('consents', () =>
          revocations.deleteConsents(grant.clientId, grant.userId, tx),
        );
        await endGrants(act, { grantIds: [grantId] });
        await receipt.measure('logout_notices', async () =>
          notifications.notifyClients(await revocations.findSessionsOn(grant, tx), tx),
        );
        return { userId: grant.userId, clientId: grant.clientId };
      });
    },
    /**
     * Revokes everything that the user granted to the client, in all browsers; the client must ask
     * for consent again.
     * @throws AppError `not_found` when the client has no access to the user's account
     */
    async revokeApp(userId: string, clientId: string, by: AuditActor): Promise<Receipt> {
      return perform({ event: 'grant.revoked', actor: by, userId, clientId }, async (act) => {
        const { tx, receipt } = act;
        await revocations.raiseAccessVersion(userId, tx);
        await receipt.measure('consents', () => revocations.deleteConsents(clientId, userId, tx));
        await endGrants(act, { userId, clientId });
        const ended = receipt.parts().reduce((sum, { count }) => sum + count, 0);
        if (ended === 0) throw new AppError('not_found', 'This app has no access.');
        await receipt.measure('logout_notices', async () =>
          notifications.notifyClients(
            await revocations.findSessionsOn({ userId, clientId }, tx),
            tx,
          ),
        );
      });
    },
    /** @throws AppError `client_not_found` when the client does not exist or is already blocked */
    async blockClient(clientId: string, by: AuditActor): Promise<Receipt> {
      return perform({ event: 'client.blocked', actor: by, clientId }, async (act) => {
        const found = await act.receipt.measure('client', async () =>
          Number(await revocations.blockClient(clientId, act.at, act.tx)),
        );
        if (found === 0) throw new AppError('client_not_found', 'Client not found.');
        await endGrants(act, { clientId });
      });
    },
    async unblockClient(clientId: string, by: AuditActor): Promise<Receipt> {
      return perform({ event: 'client.unblocked', actor: by, clientId }, async (act) => {
        const found = await act.receipt.measure('client', async () =>
          Number(await revocations.unblockClient(clientId, act.at, act.tx)),
        );
        if (found === 0) throw new AppError('conflict', 'This client is not blocked.');
      });
    },
    /**
     * Every user is asked for consent again.
     * @throws AppError `client_not_found`
     */
    async revokeGrantsOfClient(clientId: string, by: AuditActor): Promise<Receipt> {
      return perform({ event: 'client.grants_revoked', actor: by, clientId }, async (act) => {
        const found = await act.receipt.measure('client', async () =>
          Number(await revocations.raiseClientNotBefore(clientId, act.at, act.tx)),
        );
        if (found === 0) throw new AppError('client_not_found', 'Client not found.');
        await act.receipt.measure('consents', () =>
          revocations.deleteConsents(clientId, undefined, act.tx),
        );
        await endGrants(act, { clientId });
      });
    },
  };
}

function createClientChange(
  revocations: ActDependencies['revocations'],
  { perform, endGrants }: RevocationActs,
) {
  return {
    /**
     * Consents are not deleted, except with the client.
     * @throws AppError `conflict` when the client was changed or deleted at the same time
     */
    async changeClient({ by, revokes, write, ...entry }: ClientChange): Promise<Receipt> {
      return perform({ ...entry, actor: by }, async (act) => {
        const { clientId } = entry;
        // Locks the client first, so that a concurrent block, change or deletion waits.
        if (revokes) await revocations.raiseClientNotBefore(clientId, act.at, act.tx);
        const written = await act.receipt.measure('client', async () =>
          Number(await write(act.tx, act.at)),
        );
        if (written === 0) {
          const message = 'The client was changed at the same time. Please try again.';
          throw new AppError('conflict', message);
        }
        if (revokes) await endGrants(act, { clientId });
      });
    },
  };
}
