// The flows of the fast path: which parameters each understands, and which of oidc-provider's
// functions answer it. The steps that are missing have nothing to do: a form has no repeated and no
// other parameters (form.ts), and a request with an Origin header is not recognized (recognition.ts).
import type { KoaContextWithOIDC } from 'oidc-provider';
import {
  answerTokenErrors,
  stepOf,
  type FastEndpoint,
  type Step,
} from '#oidc/patches/handlers/endpoint-steps.ts';
import type { Form } from './form.ts';

export interface Flow {
  readonly parameters: ReadonlySet<string>;
  /** Change nothing. If one of them fails, oidc-provider answers the request from the start. */
  readonly checks: readonly Step[];
  /** Answer the request. */
  readonly answer: readonly Step[];
}

/** Thrown by a check for a request that oidc-provider answers in a way of its own. */
export class NotUnderstood extends Error {
  override readonly name = 'NotUnderstood';
}

const credentials = ['client_id', 'client_secret'];
const ofToken = (...names: string[]) => new Set(['grant_type', ...credentials, ...names]);

/** Tokens of this server (oidc/tokens/token-prefixes.ts), and what stands for an invalid JWT. */
const known = /^(?:ost_(?:at|cc|rt)|none)_/;

function requireToken({ oidc }: KoaContextWithOIDC, next: () => Promise<unknown>): unknown {
  const { token } = oidc.params ?? {};
  // oidc-provider looks for a header in all other tokens, and refuses a JWT.
  if (typeof token !== 'string' || !known.test(token)) throw new NotUnderstood();
  return next();
}

function requirePlainIntrospection(
  { oidc }: KoaContextWithOIDC,
  next: () => Promise<unknown>,
): unknown {
  // A client that gets encrypted responses only (RFC 9701). Others ask for a JWT with Accept.
  if (oidc.client?.introspectionEncryptedResponseAlg !== undefined) throw new NotUnderstood();
  return next();
}

function requirePlainUserinfo({ oidc }: KoaContextWithOIDC, next: () => Promise<unknown>): unknown {
  const { userinfoSignedResponseAlg: signed, userinfoEncryptedResponseAlg: encrypted } =
    oidc.client ?? {};
  if ((signed ?? encrypted) !== undefined) throw new NotUnderstood();
  return next();
}

/** Throws if oidc-provider no longer has one of the functions. */
export function createFlows() {
  const tokenChecks = ['authenticateClient', 'allowedGrantTypeCheck', 'validateScope'].map((name) =>
    stepOf('token', name),
  );
  const issue = stepOf('token', 'callTokenHandler');
  const introspection: Flow = {
    parameters: new Set(['token', 'token_type_hint', ...credentials]),
    checks: [
      requireToken,
      stepOf('introspection', 'authenticateClient'),
      requirePlainIntrospection,
      stepOf('introspection', 'renderTokenResponse'),
    ],
    answer: [],
  };
  const clientCredentials: Flow = {
    parameters: ofToken('scope', 'resource'),
    // A token that is not delivered grants nothing, so a failure is repeated by oidc-provider.
    checks: [...tokenChecks, issue],
    answer: [],
  };
  const refresh: Flow = {
    parameters: ofToken('scope', 'resource', 'refresh_token'),
    checks: tokenChecks,
    // The token is rotated, or its reuse revokes the family, once.
    answer: [answerTokenErrors, issue],
  };
  const userinfo: Flow = {
    parameters: new Set(['access_token']),
    checks: [
      ...['validateAccessToken', 'validateAudience', 'loadAccessTokenClient'].map((name) =>
        stepOf('userinfo', name),
      ),
      requirePlainUserinfo,
      ...['loadAccessTokenAccount', 'loadAccessTokenGrant', 'respond'].map((name) =>
        stepOf('userinfo', name),
      ),
    ],
    answer: [],
  };
  const byGrant: ReadonlyMap<string, Flow> = new Map([
    ['client_credentials', clientCredentials],
    ['refresh_token', refresh],
  ]);

  return {
    /** Every parameter of the endpoint that a flow understands. */
    parametersOf: (endpoint: FastEndpoint): ReadonlySet<string> =>
      endpoint === 'token' ? refresh.parameters : { introspection, userinfo }[endpoint].parameters,
    flowOf(endpoint: FastEndpoint, form: Form): Flow | undefined {
      if (endpoint !== 'token') return { introspection, userinfo }[endpoint];
      const flow = byGrant.get(form['grant_type'] ?? '');
      const isUnderstood = flow && Object.keys(form).every((name) => flow.parameters.has(name));
      return isUnderstood ? flow : undefined;
    },
  };
}

export type Flows = ReturnType<typeof createFlows>;
