// Answers the frequent requests of programs without the middleware and without oidc-provider's own
// handling of HTTP (docs/decisions/0050): directly if they succeed and are usual (direct/), otherwise by
// oidc-provider's functions. Requests that it does not understand are passed on. It does not send the
// responses; src/server/fast-path/ does.
import type { Provider } from 'oidc-provider';
import type { Context } from '#http/context.ts';
import type { JwtAccessTokens } from '#oidc/tokens/jwt-access-tokens.ts';
import { isStructured } from '#oidc/tokens/token-prefixes.ts';
import {
  runInContextOf,
  runSteps,
  type FastEndpoint,
} from '#oidc/patches/handlers/endpoint-steps.ts';
import { isAppError } from '#platform/errors.ts';
import type { DirectAnswers } from './direct/direct-answers.ts';
import { DirectRefusal, type SentHeaders } from './direct/direct-request.ts';
import { createFlows, type Flow } from './flows.ts';
import { readForm, type Form } from './form.ts';

export interface FastPathDependencies {
  readonly provider: Provider;
  readonly jwts: Pick<JwtAccessTokens, 'present'>;
  readonly directAnswers: DirectAnswers;
}

export interface FastRequest {
  readonly endpoint: FastEndpoint;
  readonly form: Form;
}

export function createFastPath({ provider, jwts, directAnswers }: FastPathDependencies) {
  const flows = createFlows();

  /** For introspection, a handle stands for a JWT (http/middleware/oauth/jwt-introspection.ts). */
  async function withHandle({ endpoint, form }: FastRequest): Promise<Form> {
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

  return {
    /**
     * The form of the request; `undefined` if it is not understood.
     * @param bytes absent if the request has no body
     */
    read: (endpoint: FastEndpoint, bytes: Buffer | undefined): Form | undefined =>
      bytes ? readForm(bytes, flows.parametersOf(endpoint)) : {},
    /**
     * The body of a successful response; otherwise `undefined`, and nothing has changed, except that a code may
     * have been redeemed or a refresh token rotated: `answer` continues in the same scope.
     * @throws DirectRefusal, whose cause `refuse` turns into a response
     */
    async answerDirectly(
      { endpoint, form }: FastRequest,
      headers: SentHeaders,
    ): Promise<object | undefined> {
      if (endpoint === 'token' && !flows.flowOf(endpoint, form)) return undefined;
      try {
        return await directAnswers(endpoint, { ...headers, form });
      } catch (error) {
        throw isAppError(error, 'store_unavailable') ? new DirectRefusal(error) : error;
      }
    },
    /** Sets the response of a refused request in the context, by the error handler of the endpoint. */
    async refuse(ctx: Context, { endpoint, form }: FastRequest, error: unknown): Promise<void> {
      const flow = flows.flowOf(endpoint, form);
      const fail = (): never => {
        throw error;
      };
      await runInContextOf(provider, ctx, { body: form, params: { ...form } }, (own) =>
        runSteps([...(flow?.errors ?? []), fail], own),
      );
    },
    /**
     * Sets the response in the context: the status, the body, and headers in addition to the usual ones.
     * @returns false if the request must be answered from the start; this call has changed nothing then
     */
    async answer(ctx: Context, request: FastRequest): Promise<boolean> {
      const form = await withHandle(request);
      const flow = flows.flowOf(request.endpoint, form);
      return flow ? run(flow, ctx, form) : false;
    },
  };
}

export type FastPath = ReturnType<typeof createFastPath>;
