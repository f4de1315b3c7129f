// Types of a user, and the claims that clients may read (OpenID Connect Core §5.1). Claims are
// validated in standard-claims.ts; core/subject-status/subject-status.ts decides whether a user is
// active.
import type { StandardClaims } from './standard-claims.ts';

export { readStandardClaims, type PostalAddress, type StandardClaims } from './standard-claims.ts';

/** The id of a role (core/access-control/assignments.ts). */
export type Role = string;

export interface User {
  /** The OpenID Connect `sub`, a UUID that is never reassigned. */
  readonly id: string;
  /** As the user wrote it. */
  readonly email: string;
  readonly emailVerified: boolean;
  readonly claims: StandardClaims;
  readonly blockedAt: Date | undefined;
  /** When the block expires; `undefined` for a block without an end. */
  readonly blockedUntil: Date | undefined;
  /** Nothing issued to the user before this instant is accepted. */
  readonly notBefore: Date | undefined;
  /**
   * Incremented by every revocation of the user's sessions (such as a block or a password change). A sign-in
   * is stored only if the version equals the one that was read together with its credential.
   */
  readonly securityVersion: number;
  /**
   * Incremented by every revocation of a client's access; the same rule applies to storing a grant.
   */
  readonly accessVersion: number;
  readonly roles: readonly Role[];
  /** When the account will be deleted; absent when no deletion was requested. */
  readonly deletionDueAt?: Date | undefined;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/**
 * A user as read through a session. A write on behalf of the user locks both rows and is refused if
 * the session ended or anything of the user was revoked since.
 */
export interface SignedInUser extends User {
  readonly sessionUid: string;
}

/** Data of a new user. */
export interface NewUser {
  readonly id: string;
  readonly email: string;
  /** The result of `canonicalEmail`. */
  readonly emailKey: string;
  readonly emailVerifiedAt: Date | undefined;
  readonly claims: StandardClaims;
  readonly createdAt: Date;
  /** The accepted version of the terms. */
  readonly terms?: string | undefined;
  /** True when an operator vouches for the address; absent for self-service registration. */
  readonly madeByOperator?: boolean | undefined;
}

/** All claims about the user; the caller decides which of them to release. */
export function presentClaims(user: User): Record<string, unknown> {
  return {
    sub: user.id,
    ...user.claims,
    email: user.email,
    email_verified: user.emailVerified,
    updated_at: Math.floor(user.updatedAt.getTime() / 1000),
  };
}
