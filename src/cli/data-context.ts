// What data commands depend on: the services without HTTP, opened by this process or provided by a
// running server. Each command declares which of them it needs.
import type { ClientChanges } from '#oidc/clients/client-changes.ts';
import type { ClientRegistration } from '#oidc/clients/client-registration.ts';
import type { Services } from '#server/composition.ts';
import type { Command } from './framework/command.ts';

export type DataContext = Services & {
  /** Created on first use: only client commands need oidc-provider. */
  readonly clientRegistration: () => Promise<ClientRegistration>;
  readonly clientChanges: () => Promise<ClientChanges>;
};

/** A command that works on the data of the installation. */
export type DataCommand = Command<DataContext>;

export function createDataContext(services: Services): DataContext {
  let registration: Promise<ClientRegistration> | undefined;
  const clientRegistration = () => (registration ??= createRegistration(services));
  return {
    ...services,
    clientRegistration,
    clientChanges: async () => createChanges(services, await clientRegistration()),
  };
}

async function createChanges(
  { blocking, clientStore: store, now }: Services,
  registration: ClientRegistration,
): Promise<ClientChanges> {
  const { createClientChanges } = await import('#oidc/clients/client-changes.ts');
  return createClientChanges({ store, blocking, registration, now });
}

/** Client metadata is validated by an oidc-provider instance that serves no requests. */
async function createRegistration(services: Services): Promise<ClientRegistration> {
  const [{ createOidcProvider }, { createClientRegistration }] = await Promise.all([
    import('#server/oidc-provider.ts'),
    import('#oidc/clients/client-registration.ts'),
  ]);
  const { provider } = await createOidcProvider(services);
  return createClientRegistration({ ...services, provider, store: services.clientStore });
}
