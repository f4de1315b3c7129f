// What a person is to us, and the claims others may read about one (OIDC Core 5.1).
// Which claims there are and how they are read is in standard-claims.ts; who may act in
// core/subject-status/subject-status.ts.
import type { StandardClaims } from './standard-claims.ts';

export { readStandardClaims, type PostalAddress, type StandardClaims } from './standard-claims.ts';

export const roles = ['admin'] as const;
export type Role = (typeof roles)[number];

export interface User {
  /** The OpenID Connect `sub`, a UUID, never given to anybody else. */
  readonly id: string;
  /** As the person wrote it. */
  readonly email: string;
  readonly emailVerified: boolean;
  readonly claims: StandardClaims;
  readonly blockedAt: Date | undefined;
  /** When the block ends by itself; `undefined`: when somebody ends it. */
  readonly blockedUntil: Date | undefined;
  /** Nothing issued to the person before this instant is accepted. */
  readonly notBefore: Date | undefined;
  /**
   * Grows with every act that ends what the user is signed in to (a block, a password change, ...). A
   * sign-in is stored only while the number is the one that was read together with its credential.
   */
  readonly securityVersion: number;
  /** Grows with every act that withdraws a client's access; a grant is stored by the same rule. */
  readonly accessVersion: number;
  readonly roles: readonly Role[];
  /** When it is deleted for good; absent: nobody asked for that. */
  readonly deletionDueAt?: Date | undefined;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/**
 * A user as read through a session. A write on behalf of the user holds both: it is refused when the
 * session or anything else of the user was ended since.
 */
export interface SignedInUser extends User {
  readonly sessionUid: string;
}

/** What a new person is made from. */
export interface NewUser {
  readonly id: string;
  readonly email: string;
  /** The canonical form, made by `canonicalEmail`. */
  readonly emailKey: string;
  readonly emailVerifiedAt: Date | undefined;
  readonly claims: StandardClaims;
  readonly createdAt: Date;
  /** The version of the terms accepted with it. */
  readonly terms?: string | undefined;
  /** An operator vouches for the address; absent: somebody registered with it. */
  readonly madeByOperator?: boolean | undefined;
}

/** Every claim there is about the person; whoever calls decides which of them may leave. */
export function presentClaims(user: User): Record<string, unknown> {
  return {
    sub: user.id,
    ...user.claims,
    email: user.email,
    email_verified: user.emailVerified,
    updated_at: Math.floor(user.updatedAt.getTime() / 1000),
  };
}
