// Partial sign-ins: the first factor was verified, the second one is pending. A partial sign-in
// grants no access; only a complete one starts a session.
import {
  isFirstProof,
  type FirstProof,
  type ProvenCredential,
} from '#core/sessions/authentication.ts';
import { isBlocked } from '#core/subject-status/subject-status.ts';
import { randomToken } from '#platform/crypto/hashing.ts';
import type { SubjectStatusService } from '#core/subject-status/subject-status.service.ts';
import type { ShortLivedStore } from '#platform/short-lived/short-lived.ts';

/** Time that the user has to enter the second factor. */
const lifeSeconds = 10 * 60;

export interface PendingSignInDependencies {
  readonly store: ShortLivedStore;
  readonly subjectStatus: SubjectStatusService;
  readonly now: () => Date;
}

/** `user` and `at` are those of the first factor. */
export interface PartialSignIn extends ProvenCredential {
  readonly first: FirstProof;
  /** Whether the session outlives the browser. */
  readonly stays: boolean;
}

export function createPendingSignIns({ store, subjectStatus, now }: PendingSignInDependencies) {
  return {
    /**
     * @param binding what the sign-in belongs to: an interaction, or the account pages
     * @returns a secret for this browser
     */
    async begin({ user, at, first, stays }: PartialSignIn, binding: string): Promise<string> {
      const token = randomToken();
      const { id: userId, securityVersion } = user;
      const entry = { userId, securityVersion, first, stays, binding, at: at.getTime() };
      await store.put('PendingSignIn', token, entry, lifeSeconds);
      return token;
    },
    /**
     * `undefined` also when it has another binding, or when the user's sessions have been revoked
     * since the first factor was verified.
     */
    async find(token: string, binding: string): Promise<PartialSignIn | undefined> {
      const entry = await store.get('PendingSignIn', token);
      if (!entry || entry['binding'] !== binding) return undefined;
      const { first } = entry;
      if (!isFirstProof(first)) return undefined;
      const userId = String(entry['userId']);
      const facts = await subjectStatus.load({ userId, grantId: undefined, sessionUid: undefined });
      const { user } = facts;
      if (user?.securityVersion !== entry['securityVersion']) return undefined;
      const at = new Date(Number(entry['at']));
      // Compares the version, not the time: a user may sign in right after being unblocked.
      const stays = entry['stays'] !== false;
      return user && !isBlocked(user, now()) ? { user, at, first, stays } : undefined;
    },
    end: (token: string): Promise<void> => store.remove('PendingSignIn', token),
  };
}

export type PendingSignIns = ReturnType<typeof createPendingSignIns>;
