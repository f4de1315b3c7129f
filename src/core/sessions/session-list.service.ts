// Signed-in browsers as people see them: on which device, from where, since when, and which apps
// were reached. Ending them is core/revocation/revocation.service.ts.
import type { Page, PageRequest } from '#platform/paging.ts';
import { describeDevice } from '#platform/request/device-names.ts';
import { countryOf } from '#platform/request/geoip.ts';
import type { ListedSession, SessionListStore, VisitedApp } from './session-list.store.ts';

export interface ShownSession extends Omit<ListedSession, 'device' | 'apps'> {
  /** In a few words; `undefined`: the browser did not say what it is. */
  readonly deviceName: string | undefined;
  /** Where the address belongs to: two letters (ISO 3166-1). */
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
    /** Live ones, the newest first; of everybody without a `userId`. */
    async list(userId: string | undefined, page: PageRequest): Promise<Page<ShownSession>> {
      const { items, next } = await sessions.list(userId, page, now());
      return { items: await Promise.all(items.map(showSession)), next };
    },
  };
}

export type SessionList = ReturnType<typeof createSessionList>;

async function showSession({ device, apps, ...session }: ListedSession): Promise<ShownSession> {
  const deviceName = describeDevice(device ?? '') || undefined;
  const country = await countryOf(session.address);
  return { ...session, deviceName, country, apps: apps.map(showApp) };
}

/** An app without a name is known by its id. */
function showApp({ clientId, name = clientId }: VisitedApp): ShownApp {
  return { clientId, name };
}
