// Filters a list of the panel by user.
import { canonicalEmail } from '#core/users/email-addresses.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { PanelVisit } from '#features/admin/access/panel-guard.pages.ts';
import { isUuid } from '#platform/uuid.ts';

/** No user has this id. */
const noUser = '00000000-0000-0000-0000-000000000000';

/**
 * The user with this id or, for viewers who may see users, this email address. Empty text matches all users,
 * any other text none.
 */
export async function filteredUser(
  text: string | undefined,
  users: Pick<UserStore, 'findByEmailKey'>,
  visit: PanelVisit,
): Promise<string | undefined> {
  const wanted = text?.trim() ?? '';
  if (wanted === '') return undefined;
  if (isUuid(wanted)) return wanted;
  if (!visit.may('users:read')) return noUser;
  return (await users.findByEmailKey(canonicalEmail(wanted)))?.id ?? noUser;
}
