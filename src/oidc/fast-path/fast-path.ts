// Answers the frequent requests of programs without the middleware and without oidc-provider's own
// handling of HTTP (docs/decisions/0050). It runs oidc-provider's functions on a request that it has
// recognized and read; whatever it does not understand is passed on. It sends nothing:
// src/server/fast-path/ does.
import type { Provider } from 'oidc-provider';
import type { Context } from '#http/context.ts';
import type { JwtAccessTokens } from '#oidc/tokens/jwt-access-tokens.ts';
import { isStructured } from '#oidc/tokens/token-prefixes.ts';
import {
  runInContextOf,
  runSteps,
  type FastEndpoint,
} from '#oidc/patches/handlers/endpoint-steps.ts';
import { createFlows, type Flow } from './flows.ts';
import { readForm, type Form } from './form.ts';

export interface FastPathDependencies {
  readonly provider: Provider;
  readonly jwts: Pick<JwtAccessTokens, 'present'>;
}

export interface FastRequest {
  readonly endpoint: FastEndpoint;
  /** Absent if the request has no body. */
  readonly form: Buffer | undefined;
}

export function createFastPath({ provider, jwts }: FastPathDependencies) {
  const flows = createFlows();

  /** For introspection, a handle stands for a JWT (http/middleware/oauth/jwt-introspection.ts). */
  async function withHandle(endpoint: FastEndpoint, form: Form): Promise<Form> {
    const token = endpoint === 'introspection' ? form['token'] : undefined;
    if (token === undefined || !isStructured(token)) return form;
    return { ...form, token: await jwts.present(token) };
  }

  /** True if the response of the request, perhaps an error, is now in the context. */
  async function run(flow: Flow, ctx: Context, form: Form): Promise<boolean> {
    const params = Object.fromEntries([...flow.parameters].map((name) => [name, form[name]]));
    const input = { body: form, params };
    return runInContextOf(provider, ctx, input, async (own) => {
      await runSteps([...flow.errors, ...flow.identify], own);
      const { client } = own.oidc;
      if (own.body !== undefined || !client) return own.body !== undefined;
      if (!flow.isUsual(client)) return false;
      await runSteps([...flow.errors, ...flow.answer], own);
      return true;
    });
  }

  /**
   * Answers the request in the context: its status and its body, and headers beside the usual ones.
   * @returns false if the request must be answered from the start; nothing has changed then
   */
  return async (ctx: Context, { endpoint, form: bytes }: FastRequest): Promise<boolean> => {
    const sent = bytes ? readForm(bytes, flows.parametersOf(endpoint)) : {};
    if (!sent) return false;
    const form = await withHandle(endpoint, sent);
    const flow = flows.flowOf(endpoint, form);
    return flow ? run(flow, ctx, form) : false;
  };
}

export type FastPath = ReturnType<typeof createFastPath>;
