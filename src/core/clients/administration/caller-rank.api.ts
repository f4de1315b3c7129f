// Which users and clients a caller of the management API may change. The scope of the route is not
// enough: a limited administrator must not obtain further rights by way of a user or a client that
// has them (decision 0027).
import type { Client } from '#core/clients/clients.ts';
import {
  globalRevocationScope,
  managementScopes,
  splitScope,
  type ManagementScope,
} from '#core/clients/scopes.ts';
import type { User } from '#core/users/users.ts';
import { AppError } from '#platform/errors.ts';
import type { ApiCaller } from '#oidc/tokens/management-tokens.ts';

/**
 * What makes a caller equal to an administrator. The scopes of a token decide, also for a user: the
 * client that holds the token is limited to them.
 */
const administratorScopes = [
  'users:write',
  'sessions:write',
  'grants:write',
  'clients:write',
] as const satisfies readonly ManagementScope[];

type Caller = Pick<ApiCaller, 'scopes'>;

/** @throws AppError `forbidden` when the user is an administrator and the caller is less */
export function requireRankOverUser(caller: Caller, { roles }: Pick<User, 'roles'>): void {
  if (!roles.includes('admin')) return;
  if (administratorScopes.every((scope) => caller.scopes.has(scope))) return;
  const names = administratorScopes.join(' ');
  throw new AppError('forbidden', `Changing an administrator needs the scopes ${names}.`);
}

/**
 * The caller must have every scope of the management API that the client may request; otherwise the
 * secret of the client, or a token for it, would give the caller rights that it lacks.
 * @throws AppError `forbidden`
 */
export function requireRankOverClient(
  caller: Caller,
  { metadata }: Pick<Client, 'metadata'>,
): void {
  const missing = rightsOf(metadata).filter((scope) => !caller.scopes.has(scope));
  if (missing.length === 0) return;
  const names = missing.join(' ');
  const message = `The access token lacks scopes of the client, which it cannot grant: ${names}.`;
  throw new AppError('forbidden', message);
}

function rightsOf(metadata: Client['metadata']): readonly ManagementScope[] {
  const registered = splitScope(metadata['scope']);
  const direct = managementScopes.filter((scope) => registered.includes(scope));
  // This right revokes everything of any user, as these two scopes do.
  const isGlobal = registered.includes(globalRevocationScope);
  return isGlobal ? [...new Set([...direct, ...globalRevocationRights])] : direct;
}

const globalRevocationRights = ['users:write', 'sessions:write'] as const;
