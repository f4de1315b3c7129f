// Half a sign-in: the first proof was right, the second one is still to come. Nothing but this can be
// done with it; a session is started from a complete one alone.
import { isFirstProof, type FirstProof } from '#domain/people/authentication.ts';
import type { User } from '#domain/people/users.ts';
import { randomToken } from '#platform/secrets/hashing.ts';
import type { StandingService } from '#services/standing/standing.ts';
import type { ShortLivedStore } from '#stores/short-lived/short-lived.ts';

/** How long somebody may look for the phone. */
const lifeSeconds = 10 * 60;

export interface PendingSignInDependencies {
  readonly store: ShortLivedStore;
  readonly standing: StandingService;
  readonly now: () => Date;
}

export interface HalfSignIn {
  readonly user: User;
  readonly first: FirstProof;
}

export function createPendingSignIns({ store, standing, now }: PendingSignInDependencies) {
  return {
    /**
     * @param binding what it is part of: an interaction, or our own pages
     * @returns a secret for this browser
     */
    async begin({ user, first }: HalfSignIn, binding: string): Promise<string> {
      const token = randomToken();
      const entry = { userId: user.id, first, binding, at: now().getTime() };
      await store.put('PendingSignIn', token, entry, lifeSeconds);
      return token;
    },
    /** `undefined` also when it belongs to something else, or the person may not act any more. */
    async find(token: string, binding: string): Promise<HalfSignIn | undefined> {
      const entry = await store.get('PendingSignIn', token);
      if (!entry || entry['binding'] !== binding) return undefined;
      const { first } = entry;
      if (!isFirstProof(first)) return undefined;
      const userId = String(entry['userId']);
      const facts = await standing.load({ userId, grantId: undefined, sessionUid: undefined });
      const { user } = facts;
      return user && standing.mayAct(facts, null, new Date(Number(entry['at'])))
        ? { user, first }
        : undefined;
    },
    end: (token: string): Promise<void> => store.remove('PendingSignIn', token),
  };
}

export type PendingSignIns = ReturnType<typeof createPendingSignIns>;
