// What commands depend on: for data commands the services without HTTP, opened by this process or
// provided by a running server; for process commands only the process.
import type { Config, Environment } from '#config/config.ts';
import type { ClientRegistration } from '#oidc/clients/client-registration.ts';
import type { Installation } from '#server/composition/services.ts';
import type { Command } from './command.ts';

export interface DataContext {
  readonly installation: Installation;
  /** Created on first use: only client commands need oidc-provider. */
  clientRegistration(): Promise<ClientRegistration>;
}

/** A command that works on the installation's data. */
export type DataCommand = Command<DataContext>;

export interface ProcessContext {
  readonly env: Environment;
  readonly now: () => Date;
  /** @throws AppError with one line per invalid setting */
  readConfig(): Config;
}

/** A command that runs before any connection is opened, or opens its own. */
export type ProcessCommand = Command<ProcessContext>;

export function createDataContext(installation: Installation): DataContext {
  let registration: Promise<ClientRegistration> | undefined;
  return {
    installation,
    clientRegistration() {
      registration ??= createRegistrationOf(installation);
      return registration;
    },
  };
}

/** Client metadata is validated by an oidc-provider instance that serves no requests. */
async function createRegistrationOf(installation: Installation): Promise<ClientRegistration> {
  const [{ createEngine }, { createClientRegistration }] = await Promise.all([
    import('#server/composition/oidc-provider.ts'),
    import('#oidc/clients/client-registration.ts'),
  ]);
  const { provider } = await createEngine(installation);
  const { config, now, services, stores } = installation;
  const { clients } = services;
  return createClientRegistration({ provider, clients, config, store: stores.clients, now });
}
