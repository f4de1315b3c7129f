// The request context of oidc-provider for a direct answer (docs/decisions/0061). Adapters, hooks and
// models read the route, the client and the parameters of the current request from it. Without it, they
// would not apply the limits that depend on these.
import type { KoaContextWithOIDC } from 'oidc-provider';
import contexts from 'oidc-provider/lib/helpers/als.js';
import type { FastEndpoint } from './endpoint-steps.ts';

/** The members that are set while the request is answered. */
interface Established {
  readonly client?: KoaContextWithOIDC['oidc']['client'];
  readonly entities?: object;
}

interface DirectInput {
  readonly form: Readonly<Record<string, string>>;
  /** The proof in the `DPoP` header. */
  readonly proof: { readonly jwt: string } | undefined;
}

/** Runs the work as if oidc-provider's router had matched the route and parsed the form. */
export function runInDirectContext<Result>(
  route: FastEndpoint,
  { form, proof }: DirectInput,
  work: (ctx: KoaContextWithOIDC) => Promise<Result>,
): Promise<Result> {
  const oidc = { route, params: form, body: form, client: undefined, entities: {} };
  // A request with any other header that a hook reads, or with a query, is not answered directly.
  const get = proof ? headerOf(proof.jwt) : noHeader;
  const ctx = { oidc, query: {}, get } as unknown as KoaContextWithOIDC;
  return contexts.run(ctx, () => work(ctx));
}

/** Adds what is now known about the request, as oidc-provider's steps do. */
export function establish({ oidc }: KoaContextWithOIDC, { client, entities }: Established): void {
  if (client) Object.assign(oidc, { client });
  if (entities) Object.assign(oidc.entities, entities);
}

const noHeader = (): string => '';
const headerOf = (proof: string) => (name: string) => (name.toLowerCase() === 'dpop' ? proof : '');
