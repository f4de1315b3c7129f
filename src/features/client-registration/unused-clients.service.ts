// Deletes clients that registered themselves and to which no user has given access for some time. Every node
// runs this in the cleanup job; each client is deleted once.
import type { Config } from '#config/config.ts';
import { systemActor } from '#core/audit/audit.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import { isAppError } from '#platform/errors.ts';
import type { RegistrationStore } from './registrations.store.ts';

export interface UnusedClientDependencies {
  readonly config: Config;
  readonly registrationStore: RegistrationStore;
  readonly blocking: Blocking;
  readonly now: () => Date;
}

/** Maximum number of clients per run, so that the job never takes long. */
const batch = 100;
const dayMilliseconds = 24 * 60 * 60 * 1000;

export function createUnusedClients(dependencies: UnusedClientDependencies) {
  const { config, registrationStore: store, blocking, now } = dependencies;

  /** False: a user began to use the client, or another node deleted it. */
  async function remove(clientId: string, before: Date): Promise<boolean> {
    try {
      await blocking.changeClient({
        clientId,
        event: 'client.deleted',
        details: { reason: 'unused' },
        revokes: true,
        by: systemActor,
        write: (tx) => store.removeUnused(clientId, before, tx),
      });
      return true;
    } catch (error) {
      if (isAppError(error, 'conflict')) return false;
      throw error;
    }
  }

  return {
    /** @returns the number of clients that were deleted */
    async removeDue(): Promise<number> {
      const age = config.clientRegistrationUnusedDays * dayMilliseconds;
      const before = new Date(now().getTime() - age);
      let removed = 0;
      for (const clientId of await store.listUnused(before, batch)) {
        if (await remove(clientId, before)) removed += 1;
      }
      return removed;
    },
  };
}

export type UnusedClients = ReturnType<typeof createUnusedClients>;
