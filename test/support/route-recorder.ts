// Records every route registered with any router of the application while the application is
// created: the router of oidc-provider and the routers of this project. The application needs no
// hook for it.
import { Router } from '@koa/router';
import type { TestContext } from 'node:test';
import { listRestRoutes } from '#server/routes/management-api.ts';
import { apiPrefix } from '#http/api/router.ts';
import type { Services } from '#server/composition.ts';

/** For example `GET /oauth2/authorize`. */
export type RateLimit = string;

const verbs = ['get', 'post', 'put', 'delete', 'options'] as const;

/** oidc-provider does not export its router, but uses the same class. */
const engineRouter = new URL(
  '../../node_modules/oidc-provider/lib/helpers/router.js',
  import.meta.url,
);

export async function recordRoutes(t: TestContext) {
  const doors = new Set<RateLimit>();
  const { default: EngineRouter } = await import(engineRouter.href);
  for (const verb of verbs) {
    const original = EngineRouter.prototype[verb];
    t.mock.method(EngineRouter.prototype, verb, function note(this: unknown, ...values: unknown[]) {
      doors.add(`${verb.toUpperCase()} ${String(values[1])}`);
      return original.apply(this, values);
    });
  }
  const { register } = Router.prototype;
  Router.prototype.register = function note(this: Router, ...values) {
    const [path, methods] = values;
    for (const method of methods) doors.add(`${method.toUpperCase()} ${String(path)}`);
    return register.apply(this, values);
  };
  t.after(() => {
    Router.prototype.register = register;
  });
  return {
    /** The routes registered with the routers, and the route table of the management API. */
    list(services: Services): readonly RateLimit[] {
      const rest = listRestRoutes(services).map(
        ({ method, path }) => `${method} ${apiPrefix}${path}`,
      );
      return [...doors, ...rest].filter((guard) => !guard.startsWith('OPTIONS')).toSorted();
    },
  };
}
