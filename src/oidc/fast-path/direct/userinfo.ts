// Userinfo (OpenID Connect Core §5.3) for an opaque token for which claims were requested by scope only.
// The account comes from the hook that oidc-provider calls, and oidc-provider's model selects the claims.
import {
  errors,
  type AccessToken,
  type Adapter,
  type AdapterPayload,
  type Provider,
} from 'oidc-provider';
import { splitScope } from '#core/clients/scopes.ts';
import type { ProviderHooks } from '#oidc/provider-hooks.ts';
import { hasPlainUserinfo } from '#oidc/fast-path/flows.ts';
import { establish } from '#oidc/patches/handlers/direct-context.ts';
import type { DpopProof } from '#oidc/patches/handlers/dpop-proof.ts';
import type { DpopProofs } from '#oidc/fast-path/authentication/dpop-proofs.ts';
import { DirectRefusal, type DirectRequest } from './direct-request.ts';
import type { PresentedTokens } from './presented-tokens.ts';
import { openidScopeOf } from './user-tokens.ts';

export interface DirectUserinfoDependencies {
  readonly provider: Provider;
  readonly tokens: PresentedTokens;
  readonly prove: DpopProofs;
  readonly findAccount: ProviderHooks['findAccount'];
}

const bearer = /^Bearer ([\w-]+)$/;
const bound = /^DPoP ([\w-]+)$/;

export function createDirectUserinfo(dependencies: DirectUserinfoDependencies) {
  const { provider, tokens, prove, findAccount } = dependencies;
  const { adapter: grants } = provider.Grant as unknown as { adapter: Adapter }; // the types omit it

  /** The presented token and its client, if the record of the token alone decides what it permits. */
  async function findToken({ authorization = '', proof }: DirectRequest) {
    const value = (proof ? bound : bearer).exec(authorization)?.[1];
    const token = value === undefined ? undefined : await tokens.find(value, ['AccessToken']);
    if (value === undefined || !token || !isPlain(token)) return undefined;
    const client = await provider.Client.find(token.clientId ?? '');
    return client && hasPlainUserinfo(client) ? { value, token, client } : undefined;
  }

  /** `undefined` for a grant in which the user refused something. */
  async function grantedScope({ grantId = '', scope }: AdapterPayload) {
    const grant = await grants.find(grantId);
    return grant && !grant.rejected ? openidScopeOf(grant, splitScope(scope)) : undefined;
  }

  return async (request: DirectRequest): Promise<object | undefined> => {
    const { form, ctx } = request;
    const found = form['access_token'] === undefined ? await findToken(request) : undefined;
    if (!found) return undefined;
    const { value, token, client } = found;
    establish(ctx, { client });
    const proof = await prove(request, client, value);
    if (proof === null || token.jkt !== proof?.thumbprint) return undefined;
    const { accountId = '' } = token;
    const account = await findAccount(ctx, accountId, token as unknown as AccessToken);
    const scope = account && (await grantedScope(token));
    if (scope === undefined || !account) return undefined;
    const available = { ...(await account.claims('userinfo', scope, {}, [])), sub: accountId };
    const claims = await new provider.Claims(available, { ctx }).scope(scope).result();
    await useUp(proof);
    return claims;
  };
}

/** A used proof is refused at once, because oidc-provider would check the whole request again. */
async function useUp(proof: DpopProof | undefined): Promise<void> {
  try {
    await proof?.useUp(errors.InvalidToken);
  } catch (error) {
    throw new DirectRefusal(error);
  }
}

/** True for a userinfo token that is bound to no certificate and for which no individual claim was requested. */
function isPlain(token: AdapterPayload): boolean {
  if (token.aud !== undefined || token.claims || token.grantId === undefined) return false;
  return token['x5t#S256'] === undefined && splitScope(token.scope).includes('openid');
}
