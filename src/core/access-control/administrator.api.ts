// Shared by the routes that change roles: the caller as the author of a change, and the id of a role.
import { z } from 'zod';
import type { PathParameter } from '#http/api/parameters.ts';
import type { ApiCaller } from '#oidc/tokens/management-tokens.ts';
import type { Administrator } from './administration.service.ts';

export function administratorOf({ actor, scopes }: ApiCaller): Administrator {
  return { actor, scopes };
}

/** A name, or `<client_id>:<name>`. */
const rolePattern = /^[\x20-\x7e]{1,320}$/;

export const roleId: PathParameter = {
  pattern: rolePattern,
  notFound: { code: 'not_found', message: 'Role not found.' },
};

export const roleReference = z
  .string()
  .regex(rolePattern)
  .describe('the id of a role, such as editor or shop:editor');
