// Sessions in the form shown to users and operators: device, country, sign-in time and clients.
// core/revocation/revocation.service.ts ends them.
import type { Page, PageRequest } from '#platform/paging.ts';
import { describeDevice, kindOfDevice, type DeviceKind } from '#platform/request/device-names.ts';
import { countryOf } from '#platform/request/geoip.ts';
import type { ListedSession, SessionListStore, VisitedApp } from './session-list.store.ts';

export interface ShownSession extends Omit<ListedSession, 'device' | 'apps'> {
  /** A short description; `undefined` when the user agent is unknown. */
  readonly deviceName: string | undefined;
  readonly deviceKind: DeviceKind;
  /** Country of the IP address (ISO 3166-1 alpha-2). */
  readonly country: string | undefined;
  readonly apps: readonly ShownApp[];
}

export interface ShownApp {
  readonly clientId: string;
  readonly name: string;
}

export interface SessionListDependencies {
  readonly sessions: SessionListStore;
  readonly now: () => Date;
}

export function createSessionList({ sessions, now }: SessionListDependencies) {
  return {
    /** Live sessions, most recent first; of all users without a `userId`. */
    async list(userId: string | undefined, page: PageRequest): Promise<Page<ShownSession>> {
      const { items, next } = await sessions.list(userId, page, now());
      return { items: items.map(showSession), next };
    },
  };
}

export type SessionList = ReturnType<typeof createSessionList>;

function showSession({ device, apps, ...session }: ListedSession): ShownSession {
  const deviceName = describeDevice(device ?? '') || undefined;
  const country = countryOf(session.address);
  const deviceKind = kindOfDevice(device ?? '');
  return { ...session, deviceName, deviceKind, country, apps: apps.map(showApp) };
}

/** A client without a name is shown by its id. */
function showApp({ clientId, name = clientId }: VisitedApp): ShownApp {
  return { clientId, name };
}

/** The JSON form of a session, of the API and of the command line. */
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
    impersonator: shown.impersonatorId ?? null,
  };
}
