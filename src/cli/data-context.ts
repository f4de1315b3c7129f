// What data commands depend on: the services without HTTP, opened by this process or provided by a
// running server. Each command declares which of them it needs.
import type { Provider } from 'oidc-provider';
import type { BackchannelDecisions } from '#oidc/asynchronous/backchannel-decisions.ts';
import type { ClientChanges } from '#oidc/clients/client-changes.ts';
import type { ClientRegistration } from '#oidc/clients/client-registration.ts';
import type { Configuration } from '#features/configuration-as-code/configuration.service.ts';
import type { JoinedServices } from '#features/configuration-as-code/module.ts';
import type { Services } from '#server/composition.ts';
import type { Command } from './framework/command.ts';

export type DataContext = Services & {
  /** Created on first use: only client commands need oidc-provider. */
  readonly clientRegistration: () => Promise<ClientRegistration>;
  readonly clientChanges: () => Promise<ClientChanges>;
  readonly backchannelDecisions: () => Promise<BackchannelDecisions>;
  readonly configuration: Configuration;
};

/** A command that works on the data of the installation. */
export type DataCommand = Command<DataContext>;

export function createDataContext(services: Services): DataContext {
  let created: Promise<Provider> | undefined;
  const provider = () => (created ??= createValidator(services));
  const clientRegistration = async () => createRegistration(services, await provider());
  return {
    ...services,
    clientRegistration,
    clientChanges: async () => createChanges(services, await clientRegistration()),
    backchannelDecisions: async () => createDecisions(services, await provider()),
    configuration: services.configurationOver(() => prepareClientWriters(provider)),
  };
}

/** Loads everything first, so that the services can be created in a transaction. */
async function prepareClientWriters(createProvider: () => Promise<Provider>) {
  const [provider, { createClientRegistration }, { createClientChanges }] = await Promise.all([
    createProvider(),
    import('#oidc/clients/client-registration.ts'),
    import('#oidc/clients/client-changes.ts'),
  ]);
  return (services: JoinedServices) => {
    const { blocking, clientStore: store, now } = services;
    const registration = createClientRegistration({ ...services, provider, store });
    return { registration, changes: createClientChanges({ store, blocking, registration, now }) };
  };
}

type ClientServices = Pick<
  Services | JoinedServices,
  'blocking' | 'clientStore' | 'clients' | 'config' | 'now'
>;

async function createChanges(
  { blocking, clientStore: store, now }: ClientServices,
  registration: ClientRegistration,
): Promise<ClientChanges> {
  const { createClientChanges } = await import('#oidc/clients/client-changes.ts');
  return createClientChanges({ store, blocking, registration, now });
}

async function createRegistration(
  { clients, clientStore: store, config, now }: ClientServices,
  provider: Provider,
): Promise<ClientRegistration> {
  const { createClientRegistration } = await import('#oidc/clients/client-registration.ts');
  return createClientRegistration({ clients, store, config, now, provider });
}

async function createDecisions(
  services: Services,
  provider: Provider,
): Promise<BackchannelDecisions> {
  const { createBackchannelDecisions } =
    await import('#oidc/asynchronous/backchannel-decisions.ts');
  const { isUserScope } = services.supplements;
  return createBackchannelDecisions({ ...services, provider, isUserScope });
}

/** Client metadata is validated by an oidc-provider instance that serves no requests. */
async function createValidator(services: Services): Promise<Provider> {
  const { createOidcProvider } = await import('#server/oidc-provider.ts');
  return (await createOidcProvider(services)).provider;
}
