// The pages of the panel that an administrator opens, each with the values of its filters.
import type { Database } from '#platform/database/postgres.ts';

export interface Visited {
  readonly name: string;
  readonly path: string;
}

/** What the pages are about. */
interface Examples {
  readonly userId: string;
  readonly clientId: string;
  readonly sessionUid: string;
  readonly familyId: string;
}

export const visitedPages = ({
  userId,
  clientId,
  sessionUid,
  familyId,
}: Examples): readonly Visited[] => [
  { name: 'Overview', path: '' },
  { name: 'Users', path: '/users' },
  { name: 'Users, search by name', path: '/users?q=ada' },
  { name: 'Users, search by address', path: '/users?q=grace.hopper' },
  { name: 'Users, search without a result', path: '/users?q=zzzzzz' },
  { name: 'Users, blocked only', path: '/users?state=blocked' },
  { name: 'User', path: `/users/${userId}` },
  { name: 'Sessions', path: '/sessions' },
  { name: 'Session', path: `/sessions/${sessionUid}` },
  { name: 'Refresh family', path: `/families/${familyId}` },
  { name: 'Clients', path: '/clients' },
  { name: 'Clients, search', path: '/clients?q=app' },
  { name: 'Client', path: `/clients/${clientId}` },
  { name: 'Audit log', path: '/audit' },
  { name: 'Audit log, one event', path: '/audit?event=refresh_token.reused' },
  { name: 'Audit log, an event that never happened', path: '/audit?event=key.created' },
  { name: 'Audit log, one user', path: `/audit?user=${userId}` },
  { name: 'Audit log, one client', path: `/audit?client=${clientId}` },
  { name: 'Outbox', path: '/outbox' },
  { name: 'Signing keys', path: '/keys' },
  { name: 'Settings', path: '/settings' },
];

export async function findExamples(db: Database): Promise<Examples> {
  const { rows } = await db.knex.raw<{ rows: [Examples] }>(`
    select f.user_id as "userId", f.client_id as "clientId", g.session_uid as "sessionUid", f.id as "familyId"
      from refresh_families f
      join grants g on g.id = f.grant_id
     where f.rotated_at is not null
     order by f.id
     limit 1`);
  return rows[0];
}
