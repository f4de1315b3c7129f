// Groups of users. The roles of a group apply to its members.
import { z } from 'zod';

export interface Group {
  readonly id: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly roles: readonly string[];
  readonly memberCount: number;
  readonly createdAt: Date;
}

export interface NewGroup {
  readonly name: string;
  readonly description?: string | undefined;
}

export interface Member {
  readonly userId: string;
  readonly email: string;
  /** The full name, if known; shown in the panel only. */
  readonly name: string | undefined;
  readonly addedAt: Date;
}

/** The name is a value of the claim `groups`. */
export const groupName = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}\p{Cf}\u2028\u2029]*$/u)
  .describe('up to 100 characters on one line');
