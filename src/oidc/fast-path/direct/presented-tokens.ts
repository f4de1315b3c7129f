// Finds a presented access token and checks what oidc-provider checks before any policy: its expiry, its
// grant, and its session if it ends with one. A token that fails is not reported as invalid here;
// oidc-provider answers the request.
import type { Adapter, AdapterPayload, Provider } from 'oidc-provider';
import type { RequestFacts } from '#oidc/request-facts.ts';
import { isPossible, type PrefixedSpace } from '#oidc/tokens/token-prefixes.ts';

/** The static member that the published types omit. */
export interface Model {
  readonly adapter: Adapter;
}

const spaces: readonly PrefixedSpace[] = ['AccessToken', 'ClientCredentials'];

/** True for a record without an expiry, too. */
export const hasExpired = ({ exp = 0 }: AdapterPayload, now: Date): boolean =>
  exp * 1000 <= now.getTime();

export interface PresentedTokenDependencies {
  readonly provider: Provider;
  readonly facts: Pick<RequestFacts, 'grant' | 'session'>;
  readonly now: () => Date;
}

export function createPresentedTokens({ provider, facts, now }: PresentedTokenDependencies) {
  /** The adapters that oidc-provider uses for its models. */
  const adapterOf = (space: PrefixedSpace): Adapter =>
    (provider[space] as unknown as Model).adapter;

  async function isInSession({ sessionUid = '', clientId, ...token }: AdapterPayload) {
    const session = await facts.session(sessionUid);
    if (session?.userId === undefined || session.userId !== token.accountId) return false;
    return session.authorizations[clientId ?? '']?.grantId === token.grantId;
  }

  async function isGranted({ grantId = '', accountId, clientId }: AdapterPayload) {
    const grant = await facts.grant(grantId);
    if (!grant || grant.expiresAt <= now()) return false;
    return grant.clientId === clientId && grant.userId === accountId;
  }

  /** Whether the token has not expired, and its session and its grant are active. */
  async function isUsable(token: AdapterPayload): Promise<boolean> {
    if (hasExpired(token, now())) return false;
    if (token.expiresWithSession && !(await isInSession(token))) return false;
    return token.grantId === undefined || isGranted(token);
  }

  return {
    isUsable,
    /** The record of a usable token of a possible kind, which the prefix of the value determines. */
    async find(value: string, possible = spaces): Promise<AdapterPayload | undefined> {
      const space = possible.find((each) => isPossible(each, value));
      const token = space && (await adapterOf(space).find(value));
      if (!token || ('format' in token && token['format'] !== 'opaque')) return undefined;
      return (await isUsable(token)) ? token : undefined;
    },
  };
}

export type PresentedTokens = ReturnType<typeof createPresentedTokens>;
