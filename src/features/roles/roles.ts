// A role as operators define it. What follows from the roles of a user is in core/access-control.
import { z } from 'zod';

export interface RolePermission {
  /** The audience of the API; the management API has its own. */
  readonly audience: string;
  readonly scopes: readonly string[];
}

export interface RoleDefinition {
  readonly id: string;
  readonly name: string;
  /** `undefined` for a global role. */
  readonly clientId: string | undefined;
  readonly description: string | undefined;
  readonly createdAt: Date;
}

/** A role with all the data that operators see. */
export interface ShownRole extends RoleDefinition {
  readonly permissions: readonly RolePermission[];
  readonly isBuiltIn: boolean;
}

/** A user who has the role directly, not through a group. */
export interface RoleHolder {
  readonly userId: string;
  readonly email: string;
  readonly grantedAt: Date;
}

export interface NewRole {
  readonly name: string;
  readonly clientId?: string | undefined;
  readonly description?: string | undefined;
}

/** Part of the value of a claim, which clients compare, so it cannot be changed. */
export const roleName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/)
  .describe('up to 64 lower case letters, digits and . _ -, beginning with a letter or a digit')
  .meta({ examples: ['editor'] });

export const description = z
  .string()
  .trim()
  .min(1)
  .max(300)
  .regex(/^[^\p{Cc}\u2028\u2029]*$/u)
  .describe('a sentence of up to 300 characters');

/** The scope that a token for the audience may contain. */
export const permissionScopes = z
  .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/))
  .min(1)
  .max(100)
  .describe('a list of scopes');
