// What commands stand on: the services without HTTP, opened by the shell's process or lent by a
// running server.
import type { ClientRegistration } from '#oidc/client-registration.ts';
import type { Installation } from '../installation.ts';
import type { Command } from './line/command.ts';

export interface DataContext {
  readonly installation: Installation;
  /** Made when first needed: only commands about clients need the engine. */
  clientRegistration(): Promise<ClientRegistration>;
}

/** A command that works on the installation's data. */
export type DataCommand = Command<DataContext>;

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
    import('../engine.ts'),
    import('#oidc/client-registration.ts'),
  ]);
  const { provider } = await createEngine(installation);
  const { now, services, stores } = installation;
  const { clients } = services;
  return createClientRegistration({ provider, clients, store: stores.clients, now });
}
