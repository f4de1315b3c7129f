// The organization of a sign-in. The authorization request names it in the parameter `organization`;
// the code and the refresh token family keep its id, and each access token has it as `org_id`.
import type { KoaContextWithOIDC } from 'oidc-provider';
import { findMembership } from '#core/access-control/assignments.ts';
import { createRequestSlot } from '#platform/request/request-scope.ts';
import { providerContext } from '#oidc/provider-context.ts';
import type { RequestFacts } from '#oidc/request-facts.ts';

/** The parameter of authorization requests: the id or the name of an organization. */
export const organizationParameter = 'organization';

interface WithExtra {
  readonly extra?: Readonly<Record<string, unknown>> | undefined;
}

export function createSignInOrganization({ facts }: { readonly facts: RequestFacts }) {
  const slot = createRequestSlot<string>('organization of the code or refresh token');

  return {
    /**
     * The id of the requested organization, for the code that is issued for the request. The interaction
     * policy has already checked that the user is a member.
     */
    requested(userId: string | undefined): string | undefined {
      const requested = requestedOrganization(providerContext()?.oidc);
      if (requested === undefined || userId === undefined) return undefined;
      const assignments = facts.assignmentsOf(userId);
      return assignments && findMembership(assignments, requested)?.id;
    },
    /** Records the organization of the code or refresh token presented in this request. */
    remember(organizationId: unknown): void {
      slot.set(typeof organizationId === 'string' ? organizationId : undefined);
    },
    remembered: (): string | undefined => slot.get(),
    /** The organization of an access token, or of the presented code or refresh token. */
    of(token: object | undefined): string | undefined {
      const { extra }: WithExtra = token ?? {};
      const id = extra?.['org_id'];
      return typeof id === 'string' ? id : slot.get();
    },
  };
}

export type SignInOrganization = ReturnType<typeof createSignInOrganization>;

export function requestedOrganization(
  oidc: KoaContextWithOIDC['oidc'] | undefined,
): string | undefined {
  return organizationIn(oidc?.params ?? {});
}

export function organizationIn(params: Readonly<Record<string, unknown>>): string | undefined {
  const value = params[organizationParameter];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
