// Who may sign in to a client, as the command line and the API show it.
import type { ClientAccess } from '#core/clients/clients.ts';

export function presentAccess(access: ClientAccess | undefined) {
  return {
    everyone: access === undefined,
    roles: [...(access?.roles ?? [])],
    groups: [...(access?.groups ?? [])],
    organizations: [...(access?.organizations ?? [])],
  };
}
