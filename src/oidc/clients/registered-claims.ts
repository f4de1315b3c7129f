// Limits what a client requests and what it was granted to its currently registered scope. Requests
// are limited before consent is computed, grants whenever they are read, so that a scope removed
// from a client is missing from its next token (docs/decisions/0020).
import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import {
  allowsClaim,
  allowsScope,
  readRegisteredAccess,
  type RegisteredAccess,
} from '#core/clients/registered-scope.ts';
import { splitScope } from '#core/clients/scopes.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import type { ExtraClaims } from '#oidc/extra-claims.ts';

export interface RegisteredClaimsDependencies {
  readonly clients: Clients;
  readonly extraClaims: Pick<ExtraClaims, 'claimsOfScope'>;
}

/** The `openid` member of a grant, as oidc-provider stores it. */
interface OpenidGrant {
  readonly scope?: string | undefined;
  readonly claims?: readonly string[] | undefined;
}

export function createRegisteredClaims({ clients, extraClaims }: RegisteredClaimsDependencies) {
  async function accessOf(clientId: string): Promise<RegisteredAccess | undefined> {
    const client = await clients.find(clientId);
    return readRegisteredAccess(client?.metadata['scope'], extraClaims.claimsOfScope);
  }

  return {
    /**
     * For oidc-provider's `assertClaimsParameter`: removes claims that the client is not registered
     * for, as an OP may (OpenID Connect Core §5.5), so that no page, grant or token names them.
     * @throws InvalidRequest for a member that is neither null nor an object
     */
    async limitRequest(
      { oidc }: KoaContextWithOIDC,
      claims: object,
      { clientId }: { readonly clientId: string },
    ): Promise<void> {
      const access = await accessOf(clientId);
      const limited = Object.entries(claims).map(([target, requested]: [string, unknown]) => {
        const isKnown = target === 'userinfo' || target === 'id_token';
        return [target, isKnown ? limitMembers(target, requested, access) : requested];
      });
      if (oidc.params) oidc.params['claims'] = JSON.stringify(Object.fromEntries(limited));
    },
    /** The part of a grant that the client is currently registered for. */
    async limitGrant(clientId: string, granted: unknown): Promise<OpenidGrant | undefined> {
      if (!isOpenidGrant(granted)) return undefined;
      const access = await accessOf(clientId);
      const scopes = splitScope(granted.scope).filter((scope) => allowsScope(access, scope));
      const claims = (granted.claims ?? []).filter((claim) => allowsClaim(access, claim));
      return {
        ...(scopes.length > 0 ? { scope: scopes.join(' ') } : {}),
        ...(claims.length > 0 ? { claims } : {}),
      };
    },
  };
}

export type RegisteredClaims = ReturnType<typeof createRegisteredClaims>;

function limitMembers(
  target: string,
  requested: unknown,
  access: RegisteredAccess | undefined,
): unknown {
  if (!isObject(requested)) return requested;
  const members = Object.entries(requested);
  // oidc-provider's own check, which this hook replaces.
  if (!members.every(([, member]) => member === null || isObject(member))) {
    throw new errors.InvalidRequest(`claims.${target} members must be null or objects`);
  }
  return Object.fromEntries(members.filter(([claim]) => allowsClaim(access, claim)));
}

function isOpenidGrant(value: unknown): value is OpenidGrant {
  return isObject(value);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
