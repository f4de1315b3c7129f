// Patch: caches the parsed client by the identity of its payload. oidc-provider serializes and hashes the
// payload at every lookup to find the parsed client.
import type { AdapterPayload, Client, Provider } from 'oidc-provider';

/** The static members of the model that its lookup uses (lib/models/client.js). */
interface ClientModel {
  readonly adapter: { find(id: string): Promise<AdapterPayload | undefined> };
  find(this: Pick<ClientModel, 'adapter'>, id: string): Promise<Client | undefined>;
}

/**
 * The adapter returns the same payload as long as it returns the same version of a client, so a kept
 * client is never older than the row that the adapter read.
 */
export function keepParsedClients(provider: Provider): void {
  // The contract test of this patch proves the type.
  const model = provider.Client as unknown as ClientModel;
  const { find } = model;
  const kept = new WeakMap<AdapterPayload, Client>();
  model.find = async function findKept(id) {
    // As in oidc-provider: anything else is not a client id.
    if (typeof id !== 'string' || id === '') return undefined;
    const payload = await model.adapter.find(id);
    const known = payload && kept.get(payload);
    if (known) return known;
    // The original reads the same payload, not one that was stored in the meantime.
    const client = await find.call({ adapter: { find: async () => payload } }, id);
    if (payload && client) kept.set(payload, client);
    return client;
  };
}
