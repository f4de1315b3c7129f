// The flows of the fast path: which parameters each understands, and which of oidc-provider's
// functions answer it. The steps that are left out have nothing to do here: a form has no repeated or
// unknown parameters (form.ts), and a request with an Origin header is not recognized
// (src/server/fast-path/recognition.ts).
import type { Client } from 'oidc-provider';
import {
  errorStepsOf,
  stepOf,
  type FastEndpoint,
  type Step,
} from '#oidc/patches/handlers/endpoint-steps.ts';
import { hasKnownPrefix } from '#oidc/tokens/token-prefixes.ts';
import type { Form } from './form.ts';

export interface Flow {
  readonly parameters: ReadonlySet<string>;
  /** Steps around all others, which answer their errors. */
  readonly errors: readonly Step[];
  /** Steps that determine the client and change nothing. */
  readonly identify: readonly Step[];
  /** False for a client whose responses oidc-provider signs or encrypts. */
  readonly isUsual: (client: Client) => boolean;
  readonly answer: readonly Step[];
}

const assertion = ['client_assertion', 'client_assertion_type'];
const credentials = ['client_id', 'client_secret', ...assertion];
const ofToken = (...names: string[]) => new Set(['grant_type', ...credentials, ...names]);

const stepsOf = (endpoint: FastEndpoint, ...names: string[]): readonly Step[] =>
  names.map((name) => stepOf(endpoint, name));

/**
 * A client that is registered for encrypted responses gets no others (RFC 9701). A signed response must be
 * requested by the Accept header, so the registration alone does not matter here.
 */
export const isIntrospectedPlainly = (client: Client): boolean =>
  client.introspectionEncryptedResponseAlg === undefined;

export const hasPlainUserinfo = (client: Client): boolean =>
  client.userinfoSignedResponseAlg === undefined &&
  client.userinfoEncryptedResponseAlg === undefined;

function createIntrospection(): Flow {
  return {
    parameters: new Set(['token', 'token_type_hint', ...credentials]),
    errors: errorStepsOf('introspection'),
    identify: stepsOf('introspection', 'authenticateClient'),
    isUsual: isIntrospectedPlainly,
    answer: stepsOf('introspection', 'renderTokenResponse'),
  };
}

function createGrant(...parameters: string[]): Flow {
  return {
    parameters: ofToken(...parameters),
    errors: errorStepsOf('token'),
    identify: stepsOf('token', 'authenticateClient'),
    isUsual: () => true,
    answer: stepsOf('token', 'allowedGrantTypeCheck', 'validateScope', 'callTokenHandler'),
  };
}

function createUserinfo(): Flow {
  return {
    parameters: new Set(['access_token']),
    errors: errorStepsOf('userinfo'),
    identify: stepsOf(
      'userinfo',
      'validateAccessToken',
      'validateAudience',
      'loadAccessTokenClient',
    ),
    isUsual: hasPlainUserinfo,
    answer: stepsOf('userinfo', 'loadAccessTokenAccount', 'loadAccessTokenGrant', 'respond'),
  };
}

/** @throws TypeError if oidc-provider lacks one of the functions */
export function createFlows() {
  const introspection = createIntrospection();
  const userinfo = createUserinfo();
  const byGrant: ReadonlyMap<string, Flow> = new Map([
    ['client_credentials', createGrant('scope', 'resource')],
    ['refresh_token', createGrant('scope', 'resource', 'refresh_token')],
    ['authorization_code', createGrant('resource', 'code', 'code_verifier', 'redirect_uri')],
  ]);
  const ofTokens = new Set([...byGrant.values()].flatMap(({ parameters }) => [...parameters]));

  function grantOf(form: Form): Flow | undefined {
    const flow = byGrant.get(form['grant_type'] ?? '');
    const isUnderstood = flow && Object.keys(form).every((name) => flow.parameters.has(name));
    return isUnderstood ? flow : undefined;
  }

  return {
    /** Every parameter of the endpoint that a flow understands. */
    parametersOf: (endpoint: FastEndpoint): ReadonlySet<string> =>
      endpoint === 'token' ? ofTokens : { introspection, userinfo }[endpoint].parameters,
    /** `undefined` for a form that oidc-provider must read. */
    flowOf(endpoint: FastEndpoint, form: Form): Flow | undefined {
      if (endpoint === 'token') return grantOf(form);
      if (endpoint === 'userinfo') return userinfo;
      // oidc-provider decodes the header of any other token, and refuses a JWT.
      return hasKnownPrefix(form['token'] ?? '') ? introspection : undefined;
    },
  };
}

export type Flows = ReturnType<typeof createFlows>;
