// An organization and its members as the command line and the API show them.
import type { Organization, OrganizationMember } from './organizations.ts';

export function presentOrganization(organization: Organization) {
  const { id, name, displayName, memberCount, createdAt } = organization;
  return {
    id,
    name,
    display_name: displayName,
    member_count: memberCount,
    created_at: createdAt.toISOString(),
  };
}

export function presentOrganizationMember(member: OrganizationMember) {
  const { userId, email, roles, addedAt } = member;
  return { user_id: userId, email, roles: [...roles], added_at: addedAt.toISOString() };
}
