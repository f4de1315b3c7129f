// Reauthentication of a signed-in user: reads the factors of the account and the recent proofs of
// the session, and records new ones. A proof is bound to one session and ends with it.
import { hasSecondFactor, twoFactorAcr, type Recency } from '#core/sessions/authentication.ts';
import {
  ownsSecondFactor,
  reauthenticationSeconds,
  recoveredSeconds,
  requirementFor,
  type AccountFactors,
  type RecentProof,
  type Requirement,
} from './reauthentication.ts';
import type { ShortLivedStore } from '#platform/short-lived/short-lived.ts';
import type { Passkeys } from '#features/passkeys/passkeys.service.ts';
import type { SecondFactor } from '#features/mfa/mfa.service.ts';

/** The session of the requesting user, with the sign-in that started it. */
export interface AskingSession {
  readonly user: { readonly id: string };
  readonly sessionUid: string;
  readonly acr: string;
  readonly amr: readonly string[];
  readonly signedInAt: Date;
}

export interface ReauthenticationDependencies {
  readonly store: ShortLivedStore;
  readonly secondFactor: SecondFactor;
  readonly passkeys: Passkeys;
  readonly now: () => Date;
}

export function createReauthentication(dependencies: ReauthenticationDependencies) {
  const { store, secondFactor, passkeys, now } = dependencies;

  async function factorsOf(userId: string): Promise<AccountFactors> {
    const [{ since }, ways, recovered] = await Promise.all([
      secondFactor.state(userId),
      passkeys.signInMethods(userId),
      store.get('Reauthentication', recoveryKey(userId)),
    ]);
    return { ...ways, hasCodes: since !== undefined, isRecovered: recovered !== undefined };
  }

  async function notedFor(sessionUid: string): Promise<RecentProof | undefined> {
    const entry = await store.get('Reauthentication', sessionUid);
    const amr = entry?.['amr'];
    if (!Array.isArray(amr)) return undefined;
    return { amr: amr.map(String), at: new Date(Number(entry?.['at'])), from: 'reauthentication' };
  }

  /** A recent sign-in with two factors counts as a proof. */
  function youngSignIn({ acr, amr, signedInAt }: AskingSession): RecentProof | undefined {
    const ageSeconds = (now().getTime() - signedInAt.getTime()) / 1000;
    const isYoung = acr === twoFactorAcr && ageSeconds < reauthenticationSeconds;
    return isYoung ? { amr, at: signedInAt, from: 'sign_in' } : undefined;
  }

  async function recentProof(session: AskingSession): Promise<RecentProof | undefined> {
    const noted = await notedFor(session.sessionUid);
    if (noted && hasSecondFactor(noted.amr)) return noted;
    return youngSignIn(session) ?? noted;
  }

  return {
    ownsSecondFactor: async (userId: string): Promise<boolean> =>
      ownsSecondFactor(await factorsOf(userId)),
    /** What still has to be verified before an action that requires this recency. */
    async requirement(session: AskingSession, recency: Recency): Promise<Requirement> {
      const [factors, recent] = await Promise.all([
        factorsOf(session.user.id),
        recentProof(session),
      ]);
      return requirementFor(factors, recency, recent);
    },
    /** Valid for a few minutes; a weaker proof does not replace a stronger one. */
    async note(sessionUid: string, amr: readonly string[], at: Date = now()): Promise<void> {
      const before = await notedFor(sessionUid);
      if (hasSecondFactor(before?.amr ?? []) && !hasSecondFactor(amr)) return;
      const entry = { amr, at: at.getTime() };
      await store.put('Reauthentication', sessionUid, entry, reauthenticationSeconds);
    },
    /** Records a password reset by mail. */
    noteRecovery: (userId: string): Promise<void> =>
      store.put('Reauthentication', recoveryKey(userId), {}, recoveredSeconds),
  };
}

function recoveryKey(userId: string): string {
  return `recovered ${userId}`;
}

export type Reauthentication = ReturnType<typeof createReauthentication>;
