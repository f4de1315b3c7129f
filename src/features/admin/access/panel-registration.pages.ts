// Keeps the registration of the panel's own client up to date with this version and issuer.
import { systemActor } from '#core/audit/audit.ts';
import type { ClientStore } from '#core/clients/clients.store.ts';
import type { ClientChanges } from '#oidc/clients/client-changes.ts';
import type { ClientRegistration } from '#oidc/clients/client-registration.ts';
import { isAppError } from '#platform/errors.ts';
import { panelClient } from '#features/admin/panel-client.ts';

export interface PanelRegistrationDependencies {
  readonly clientStore: ClientStore;
  readonly clientRegistration: ClientRegistration;
  readonly clientChanges: ClientChanges;
  readonly issuer: string;
}

export function createPanelRegistration(dependencies: PanelRegistrationDependencies) {
  const { clientStore, clientRegistration, clientChanges, issuer } = dependencies;
  const { client_id: clientId, first_party: firstParty, ...members } = panelClient(issuer);

  return async function ensurePanelClient(): Promise<void> {
    const known = await clientStore.find(clientId);
    if (!known) return clientRegistration.ensure(panelClient(issuer));
    const isCurrent = Object.entries(members).every(
      ([name, value]) => JSON.stringify(known.metadata[name]) === JSON.stringify(value),
    );
    if (isCurrent && known.firstParty === firstParty) return;
    try {
      await clientChanges.update(clientId, () => ({ ...members, first_party: true }), systemActor);
    } catch (error) {
      // Another process updates it at the same time.
      if (!isAppError(error, 'conflict')) throw error;
    }
  };
}

export type EnsurePanelClient = ReturnType<typeof createPanelRegistration>;
