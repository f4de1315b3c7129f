// Userinfo (OpenID Connect Core §5.3) for an opaque bearer token whose grant gives claims by scope only.
// The account comes from the hook that oidc-provider calls, and its own model selects the claims.
import type { AccessToken, Adapter, AdapterPayload, Provider } from 'oidc-provider';
import { splitScope } from '#core/clients/scopes.ts';
import type { ProviderHooks } from '#oidc/provider-hooks.ts';
import { hasPlainUserinfo } from '#oidc/fast-path/flows.ts';
import { establish } from '#oidc/patches/handlers/direct-context.ts';
import type { DirectRequest } from './direct-request.ts';
import type { PresentedTokens } from './presented-tokens.ts';
import { openidScopeOf } from './user-tokens.ts';

export interface DirectUserinfoDependencies {
  readonly provider: Provider;
  readonly tokens: PresentedTokens;
  readonly findAccount: ProviderHooks['findAccount'];
}

const bearer = /^Bearer ([\w-]+)$/;

export function createDirectUserinfo(dependencies: DirectUserinfoDependencies) {
  const { provider, tokens, findAccount } = dependencies;
  const { adapter: grants } = provider.Grant as unknown as { adapter: Adapter }; // the types omit it

  /** The presented token, if only its own record decides what it permits. */
  async function findToken(authorization: string | undefined) {
    const value = bearer.exec(authorization ?? '')?.[1];
    const token = value === undefined ? undefined : await tokens.find(value, ['AccessToken']);
    return token && isPlain(token) ? token : undefined;
  }

  /** `undefined` for a grant in which the user refused something. */
  async function grantedScope({ grantId = '', scope }: AdapterPayload) {
    const grant = await grants.find(grantId);
    return grant && !grant.rejected ? openidScopeOf(grant, splitScope(scope)) : undefined;
  }

  return async ({ authorization, form, ctx }: DirectRequest): Promise<object | undefined> => {
    if (form['access_token'] !== undefined) return undefined;
    const token = await findToken(authorization);
    const client = token && (await provider.Client.find(token.clientId ?? ''));
    if (!client || !hasPlainUserinfo(client)) return undefined;
    establish(ctx, { client });
    const { accountId = '' } = token;
    const account = await findAccount(ctx, accountId, token as unknown as AccessToken);
    const scope = account && (await grantedScope(token));
    if (scope === undefined || !account) return undefined;
    const available = { ...(await account.claims('userinfo', scope, {}, [])), sub: accountId };
    return new provider.Claims(available, { ctx }).scope(scope).result();
  };
}

/** A bearer token for userinfo whose grant requested no single claims. */
function isPlain(token: AdapterPayload): boolean {
  if (token.aud !== undefined || token.claims || token.grantId === undefined) return false;
  const isBound = token.jkt !== undefined || token['x5t#S256'] !== undefined;
  return !isBound && splitScope(token.scope).includes('openid');
}
