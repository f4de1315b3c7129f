// Patch: the context that oidc-provider adds to a request is a plain property. oidc-provider defines a getter
// with a new function for each request. V8 stores a getter in the hidden class (map) of its object, which stays
// until the next full garbage collection, with the function and the whole request.
import type { KoaContextWithOIDC } from 'oidc-provider';
import contexts from 'oidc-provider/lib/helpers/als.js';
import Router from 'oidc-provider/lib/helpers/router.js';

type Middleware = (ctx: KoaContextWithOIDC, next: () => Promise<unknown>) => unknown;
type Register = (name: string, path: string, ...stack: Middleware[]) => Router;
type ContextClass = new (ctx: KoaContextWithOIDC) => KoaContextWithOIDC['oidc'];

const methods = ['get', 'post', 'put', 'delete', 'options'] as const;
/** The first middleware of each route (lib/helpers/initialize_app.js). */
const original = 'ensureOIDC';

/** Applies to every provider that this process creates afterwards; calling it again has no effect. */
export function keepContextInProperty(): void {
  const routes: Record<(typeof methods)[number], Register> = Router.prototype;
  for (const method of methods) {
    const register = routes[method];
    if (register.name !== method) continue;
    routes[method] = function registerWithProperty(this: Router, name, path, ...stack) {
      return register.call(this, name, path, ...withProperty(stack));
    };
  }
}

/** @throws TypeError if the middleware of the route does not begin with the original one */
function withProperty([first, ...others]: readonly Middleware[]): readonly Middleware[] {
  if (first?.name !== original) throw new TypeError(`oidc-provider has no middleware ${original}`);
  return [openContextWith(first), ...others];
}

function openContextWith(ensure: Middleware): Middleware {
  let Context: ContextClass | undefined;
  return function openContext(ctx, next) {
    Context ??= contextClassOf(ensure);
    Object.defineProperty(ctx, 'oidc', { value: new Context(ctx) });
    return contexts.run(ctx, next);
  };
}

/** The class belongs to the provider, which only the original middleware knows. */
function contextClassOf(ensure: Middleware): ContextClass {
  const sample = {} as KoaContextWithOIDC; // the middleware adds the member that is read below
  ensure(sample, async () => undefined);
  return sample.oidc.constructor as ContextClass; // of an instance that the getter has created
}
