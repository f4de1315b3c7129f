// The JSON form of a session, of the API and of the command line. It does not load the schemas of
// the API, which a command does not need.
import type { ShownSession } from './session-list.service.ts';

export function presentSession(shown: ShownSession) {
  return {
    uid: shown.uid,
    user_id: shown.userId,
    device: shown.deviceName ?? null,
    address: shown.address ?? null,
    country: shown.country ?? null,
    amr: [...shown.amr],
    signed_in_at: shown.signedInAt?.toISOString() ?? null,
    first_used_at: shown.createdAt.toISOString(),
    last_used_at: shown.lastUsedAt.toISOString(),
    expires_at: shown.expiresAt.toISOString(),
    apps: shown.apps.map(({ clientId, name }) => ({ client_id: clientId, name })),
  };
}
