// Organizations of users, such as the customers of an app. Members may have roles that apply only in
// the organization for which they sign in.
import { z } from 'zod';

export interface Organization {
  readonly id: string;
  /** Unique; clients may name it in the parameter `organization`. */
  readonly name: string;
  readonly displayName: string;
  readonly memberCount: number;
  readonly createdAt: Date;
}

export type NewOrganization = Pick<Organization, 'name' | 'displayName'>;

export interface OrganizationMember {
  readonly userId: string;
  readonly email: string;
  readonly roles: readonly string[];
  readonly addedAt: Date;
}

export const organizationName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/)
  .describe('up to 63 lower case letters, digits and -, beginning with a letter or a digit')
  .meta({ examples: ['acme'] });

export const displayName = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}\p{Cf}\u2028\u2029]*$/u)
  .describe('up to 100 characters on one line');
