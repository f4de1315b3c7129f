// Records every route registered with any router of the application while the application is
// created: the router of oidc-provider and the routers of this project, with the rate limit that
// each route declares. The application needs no hook for it.
import { Router } from '@koa/router';
import type { TestContext } from 'node:test';
import type { RateLimitPolicy } from '#http/rate-limit/route-limit.ts';

const verbs = ['get', 'post', 'put', 'delete', 'options'] as const;

/** oidc-provider does not export its router, but uses the same class. */
const engineRouter = new URL(
  '../../node_modules/oidc-provider/lib/helpers/router.js',
  import.meta.url,
);

export interface RecordedRoutes {
  /** For example `GET /oauth2/authorize`. */
  names(): readonly string[];
  /** The declaration of the route itself; the routes of oidc-provider have none. */
  policyOf(name: string): RateLimitPolicy | undefined;
}

export async function recordRoutes(t: TestContext): Promise<RecordedRoutes> {
  const routes = new Map<string, RateLimitPolicy | undefined>();
  const { default: EngineRouter } = await import(engineRouter.href);
  for (const verb of verbs) {
    const original = EngineRouter.prototype[verb];
    t.mock.method(EngineRouter.prototype, verb, function note(this: unknown, ...values: unknown[]) {
      const name = `${verb.toUpperCase()} ${String(values[1])}`;
      // Our own route of the same name is in front of it.
      if (!routes.has(name)) routes.set(name, undefined);
      return original.apply(this, values);
    });
  }
  const { register } = Router.prototype;
  Router.prototype.register = function note(this: Router, ...values) {
    const [path, methods, handlers] = values;
    const policy = [handlers].flat().map(readPolicy).find(Boolean);
    for (const method of methods) routes.set(`${method.toUpperCase()} ${String(path)}`, policy);
    return register.apply(this, values);
  };
  t.after(() => {
    Router.prototype.register = register;
  });
  return {
    names: () => [...routes.keys()].filter((name) => !name.startsWith('OPTIONS')).toSorted(),
    policyOf: (name) => routes.get(name),
  };
}

function readPolicy(handler: object): RateLimitPolicy | undefined {
  // True because only `limit` and `unlimited` set this property.
  return 'policy' in handler ? (handler.policy as RateLimitPolicy) : undefined;
}
