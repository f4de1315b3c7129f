// A group and its members as the command line and the API show them.
import type { Group, Member } from './groups.ts';

export function presentGroup({ id, name, description, roles, memberCount, createdAt }: Group) {
  return {
    id,
    name,
    description: description ?? null,
    roles: [...roles],
    member_count: memberCount,
    created_at: createdAt.toISOString(),
  };
}

export function presentMember({ userId, email, addedAt }: Member) {
  return { user_id: userId, email, added_at: addedAt.toISOString() };
}
