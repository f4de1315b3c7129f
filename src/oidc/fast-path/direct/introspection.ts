// Introspection of an active access token (RFC 7662 §2.2), with the members that oidc-provider's
// lib/actions/introspection.js returns, in its order.
import type { AdapterPayload, Client, Provider } from 'oidc-provider';
import type { SubjectIdentifiers } from '#oidc/security/subject-identifiers.ts';
import type { IntrospectionPolicy } from '#oidc/tokens/introspection-policy.ts';
import type { JwtAccessTokens } from '#oidc/tokens/jwt-access-tokens.ts';
import { isStructured } from '#oidc/tokens/token-prefixes.ts';
import { isIntrospectedPlainly } from '#oidc/fast-path/flows.ts';
import type { Form } from '#oidc/fast-path/form.ts';
import type { ClientAuthentication } from '#oidc/fast-path/authentication/client-authentication.ts';
import type { DirectRequest } from './direct-request.ts';
import type { PresentedTokens } from './presented-tokens.ts';

export interface DirectIntrospectionDependencies {
  readonly provider: Provider;
  readonly authenticate: ClientAuthentication;
  readonly tokens: PresentedTokens;
  readonly jwts: Pick<JwtAccessTokens, 'present'>;
  readonly mayIntrospect: IntrospectionPolicy;
  readonly subjects: SubjectIdentifiers;
  readonly issuer: string;
}

export function createDirectIntrospection(dependencies: DirectIntrospectionDependencies) {
  const { provider, authenticate, tokens, jwts, mayIntrospect, subjects, issuer } = dependencies;

  async function subjectOf({ accountId, clientId }: AdapterPayload, caller: Client) {
    if (accountId === undefined) return {};
    const isOwn = clientId === caller.clientId;
    const owner = isOwn ? caller : await provider.Client.find(clientId ?? '');
    return owner && { sub: await subjects.of(owner, accountId) };
  }

  return async (request: DirectRequest): Promise<object | undefined> => {
    const { token: value } = request.form;
    if (value === undefined || !hasUsualHint(request.form)) return undefined;
    const caller = await authenticate(request);
    if (!caller || !isIntrospectedPlainly(caller.client)) return undefined;
    const token = await tokens.find(isStructured(value) ? await jwts.present(value) : value);
    if (!token || token.rar || !(await mayIntrospect(caller.client, token))) return undefined;
    const subject = await subjectOf(token, caller.client);
    if (!subject || !(await caller.confirm())) return undefined;
    return present({ ...token, iss: issuer }, value, subject);
  };
}

/** With the hint `refresh_token`, oidc-provider searches in another order. */
const hasUsualHint = ({ token_type_hint: hint }: Form): boolean =>
  hint === undefined || hint === 'access_token';

function present(token: AdapterPayload, value: string, subject: { readonly sub?: string }): object {
  const { 'x5t#S256': x5t, jkt } = token;
  return {
    active: true,
    ...subject,
    ...token.extra,
    client_id: token.clientId,
    exp: token.exp,
    iat: token.iat,
    iss: token.iss,
    jti: token.jti === value ? undefined : token.jti,
    aud: token.aud,
    scope: token.scope || undefined,
    cnf: x5t || jkt ? { 'x5t#S256': x5t, jkt } : undefined,
    token_type: jkt ? 'DPoP' : 'Bearer',
  };
}
