// Gives the engine a place for each of its models. What lasts goes to PostgreSQL with an adapter of
// its own; everything else lives in the short-lived store under its model's key space.
import type { Adapter, AdapterFactory } from 'oidc-provider';
import type { KeySpace } from '#platform/short-lived/short-lived.ts';

/** The engine calls only what the model needs (ENGINE contract); the rest is a bug if reached. */
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
  throw new TypeError(`the engine called ${method} on a model that does not have it`);
}

export interface Adapters {
  readonly lasting: Readonly<Record<string, Adapter>>;
  readonly shortLived: (space: KeySpace) => Adapter;
}

/** Models of the engine that live by time and whose loss costs a retry, never a wrong grant. */
const shortLivedSpaces: ReadonlySet<string> = new Set<KeySpace>([
  'AccessToken',
  'ClientCredentials',
  'DeviceCode',
  'BackchannelAuthenticationRequest',
  'PushedAuthorizationRequest',
]);

export function createAdapterFactory({ lasting, shortLived }: Adapters): AdapterFactory {
  return (model) => {
    const own = lasting[model];
    if (own) return own;
    if (isShortLivedSpace(model)) return shortLived(model);
    throw new TypeError(`no place is defined for the model ${model}`);
  };
}

function isShortLivedSpace(model: string): model is KeySpace {
  return shortLivedSpaces.has(model);
}
