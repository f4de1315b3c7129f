// Every act on a user by the management API, for the tests of rank.
import type { ManagementScope } from '#core/clients/scopes.ts';
import type { ApiAnswer, createCaller } from '#test/support/actors/api-client.ts';

/** All scopes that the routes need, and no further ones that the target has. */
export const operative: readonly ManagementScope[] = [
  'users:read',
  'users:write',
  'sessions:write',
  'grants:write',
  'supplements:write',
  'roles:write',
  'groups:write',
  'organizations:write',
  'clients:write',
];

export type Caller = ReturnType<typeof createCaller>;

/** The act of a caller on the user at this path. */
export interface Act {
  readonly name: string;
  readonly run: (api: Caller, path: string) => Promise<ApiAnswer>;
}

const headers = { 'if-match': '*' };

export const acts: readonly Act[] = [
  { name: 'block', run: (api, path) => api.post(`${path}/block`, { reason: 'a test' }) },
  { name: 'unblock', run: (api, path) => api.post(`${path}/unblock`) },
  { name: 'revoke tokens', run: (api, path) => api.post(`${path}/revoke-tokens`) },
  { name: 'end sessions', run: (api, path) => api.delete(`${path}/sessions`) },
  {
    name: 'change the email address',
    run: (api, path) => api.call('PATCH', path, { body: { email: 'taken@example.org' }, headers }),
  },
  { name: 'remove the password', run: (api, path) => api.delete(`${path}/credentials/password`) },
  {
    name: 'remove the second factor',
    run: (api, path) => api.delete(`${path}/credentials/second-factor`),
  },
  {
    name: 'remove a passkey',
    run: (api, path) => api.delete(`${path}/credentials/passkeys/mX4W1v6sK9tQyB3nC5dE7g`),
  },
  { name: 'send the recovery mail', run: (api, path) => api.post(`${path}/send-recovery-mail`) },
  { name: 'assign a role', run: (api, path) => api.post(`${path}/roles`, { role: 'harmless' }) },
  { name: 'delete', run: (api, path) => api.delete(path) },
];
