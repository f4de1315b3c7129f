// What commands stand on: the services without HTTP, opened by the shell's process or lent by a
// running server; or nothing but the process.
import type { Config, Environment } from '#config/config.ts';
import type { ClientRegistration } from '#oidc/clients/client-registration.ts';
import type { Installation } from '#server/composition/services.ts';
import type { Command } from './command.ts';

export interface DataContext {
  readonly installation: Installation;
  /** Made when first needed: only commands about clients need the engine. */
  clientRegistration(): Promise<ClientRegistration>;
}

/** A command that works on the installation's data. */
export type DataCommand = Command<DataContext>;

export interface ProcessContext {
  readonly env: Environment;
  readonly now: () => Date;
  /** @throws AppError with a line for every setting that is wrong */
  readConfig(): Config;
}

/** A command that runs before anything is connected, or connects by itself. */
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

/** The engine's rules for metadata are asked of an engine that serves nobody. */
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
