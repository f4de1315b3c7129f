// The `sub` by which a client knows a user: the id of the user, or a pairwise identifier for a client
// registered with `subject_type: pairwise` (OpenID Connect Core §8). Inside this server, a user is identified
// by the id only.
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { SubjectKey } from '#core/keys/subjects/subject-key.service.ts';
import { currentRoute } from '#oidc/provider-context.ts';
import { sectorOf } from '#oidc/patches/private-members.ts';

export type ProviderClient = NonNullable<KoaContextWithOIDC['oidc']['client']>;

export function isPairwise(client: Pick<ProviderClient, 'subjectType'> | undefined): boolean {
  return client?.subjectType === 'pairwise';
}

export function createSubjectIdentifiers({ subjectKey }: { readonly subjectKey: SubjectKey }) {
  return {
    async of(client: ProviderClient, userId: string): Promise<string> {
      return isPairwise(client) ? subjectKey.subjectOf(sectorOf(client), userId) : userId;
    },
  };
}

export type SubjectIdentifiers = ReturnType<typeof createSubjectIdentifiers>;

/**
 * True if oidc-provider must read the document at `sector_identifier_uri`, which is when a client is
 * registered or changed. Loading a client must not depend on another host.
 */
export function validatesSector(): boolean {
  const route = currentRoute();
  return route === undefined || route === 'registration' || route === 'client_update';
}
