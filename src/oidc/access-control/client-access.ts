// Decides whether a user may use a client: by the client's access rules, and by membership in the
// organization of the sign-in. Both apply whenever a session, code or token is used, so a change takes effect
// without a new sign-in.
import {
  findMembership,
  maySignIn,
  noAssignments,
  type Assignments,
} from '#core/access-control/assignments.ts';
import type { Client } from '#core/clients/clients.ts';
import type { SubjectStatusService } from '#core/subject-status/subject-status.service.ts';
import type { OpenInteraction } from '#oidc/sign-in/open-interaction.ts';
import { organizationIn } from './organization.ts';

export type AccessRefusal = 'client' | 'organization';

/** @param organization an id, or in an authorization request also a name */
export function refusalOf(
  client: Pick<Client, 'access'>,
  assignments: Assignments | undefined,
  organization: string | undefined,
): AccessRefusal | undefined {
  const assigned = assignments ?? noAssignments;
  if (!maySignIn(client.access, assigned)) return 'client';
  const isMember = organization === undefined || findMembership(assigned, organization);
  return isMember ? undefined : 'organization';
}

/** Why the user of an interaction may not use the client; `undefined` also before a sign-in. */
export async function findRefusal(
  { subjectStatus }: { readonly subjectStatus: SubjectStatusService },
  { client, params, accountId }: OpenInteraction,
): Promise<AccessRefusal | undefined> {
  const organization = organizationIn(params);
  if (accountId === undefined || (!client.access && organization === undefined)) return undefined;
  const ids = { userId: accountId, grantId: undefined, sessionUid: undefined };
  const { assignments } = await subjectStatus.load(ids);
  return refusalOf(client, assignments, organization);
}
