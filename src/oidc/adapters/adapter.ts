// Selects the adapter for each model of oidc-provider. Models that must not be lost have an adapter
// for PostgreSQL; the others are stored in the short-lived store under the name of the model.
import type { Adapter, AdapterFactory } from 'oidc-provider';
import type { KeySpace } from '#platform/short-lived/short-lived.ts';

/**
 * Completes a partial adapter. oidc-provider calls only the methods that a model needs; any other
 * call is a bug and throws.
 */
export function adapterWith(methods: Partial<Adapter>): Adapter {
  return { ...unused, ...methods };
}

const unused: Adapter = {
  upsert: () => refuse('upsert'),
  find: () => refuse('find'),
  findByUserCode: () => refuse('findByUserCode'),
  findByUid: () => refuse('findByUid'),
  consume: () => refuse('consume'),
  destroy: () => refuse('destroy'),
  revokeByGrantId: () => refuse('revokeByGrantId'),
};

async function refuse(method: string): Promise<never> {
  throw new TypeError(`oidc-provider called ${method} on a model without that method`);
}

export interface Adapters {
  readonly lasting: Readonly<Record<string, Adapter>>;
  readonly shortLived: (space: KeySpace) => Adapter;
}

/**
 * Models that expire within a short time and whose loss costs a retry, never an incorrect grant.
 */
const shortLivedSpaces: ReadonlySet<string> = new Set<KeySpace>([
  'AccessToken',
  'ClientCredentials',
  'BackchannelAuthenticationRequest',
  'PushedAuthorizationRequest',
]);

export function createAdapterFactory({ lasting, shortLived }: Adapters): AdapterFactory {
  return (model) => {
    const own = lasting[model];
    if (own) return own;
    if (isShortLivedSpace(model)) return shortLived(model);
    throw new TypeError(`no adapter is defined for the model ${model}`);
  };
}

function isShortLivedSpace(model: string): model is KeySpace {
  return shortLivedSpaces.has(model);
}
