// Half a sign-in: the first proof was right, the second one is still to come. Nothing but this can be
// done with it; a session is started from a complete one alone.
import {
  isFirstProof,
  type FirstProof,
  type ProvenCredential,
} from '#core/sessions/authentication.ts';
import { isBlocked } from '#core/subject-status/subject-status.ts';
import { randomToken } from '#platform/crypto/hashing.ts';
import type { StandingService } from '#core/subject-status/subject-status.service.ts';
import type { ShortLivedStore } from '#platform/short-lived/short-lived.ts';

/** How long somebody may look for the phone. */
const lifeSeconds = 10 * 60;

export interface PendingSignInDependencies {
  readonly store: ShortLivedStore;
  readonly standing: StandingService;
  readonly now: () => Date;
}

/** The user and the time are those of the first proof. */
export interface HalfSignIn extends ProvenCredential {
  readonly first: FirstProof;
}

export function createPendingSignIns({ store, standing, now }: PendingSignInDependencies) {
  return {
    /**
     * @param binding what it is part of: an interaction, or our own pages
     * @returns a secret for this browser
     */
    async begin({ user, at, first }: HalfSignIn, binding: string): Promise<string> {
      const token = randomToken();
      const { id: userId, securityVersion } = user;
      const entry = { userId, securityVersion, first, binding, at: at.getTime() };
      await store.put('PendingSignIn', token, entry, lifeSeconds);
      return token;
    },
    /**
     * `undefined` also when it belongs to something else, or when what the user was signed in to has
     * been ended since the first proof was read.
     */
    async find(token: string, binding: string): Promise<HalfSignIn | undefined> {
      const entry = await store.get('PendingSignIn', token);
      if (!entry || entry['binding'] !== binding) return undefined;
      const { first } = entry;
      if (!isFirstProof(first)) return undefined;
      const userId = String(entry['userId']);
      const facts = await standing.load({ userId, grantId: undefined, sessionUid: undefined });
      const { user } = facts;
      if (user?.securityVersion !== entry['securityVersion']) return undefined;
      const at = new Date(Number(entry['at']));
      // Counted from the version, not from the time: a user may sign in right after an unblock.
      return user && !isBlocked(user, now()) ? { user, at, first } : undefined;
    },
    end: (token: string): Promise<void> => store.remove('PendingSignIn', token),
  };
}

export type PendingSignIns = ReturnType<typeof createPendingSignIns>;
