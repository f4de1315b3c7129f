// Turns on the second factor. An attacker who knew only the password loses access: every earlier
// session and token is revoked, and a pending change of the email address is cancelled.
import { AppError } from '#platform/errors.ts';
import type { User } from '#core/users/users.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import type { CodeFault } from './code-attempts.service.ts';
import type { SecondFactor } from './mfa.service.ts';
import type { EmailTokens } from '#features/email-tokens/email-tokens.service.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import type { UserStore } from '#core/users/users.store.ts';

export interface SecondFactorSetupDependencies {
  readonly secondFactor: SecondFactor;
  readonly users: UserStore;
  readonly proofs: EmailTokens;
  readonly blocking: Blocking;
  readonly invalidation: Invalidation;
}

export type SetupOutcome =
  | { readonly ok: true; readonly user: User; readonly recoveryCodes: readonly string[] }
  | { readonly ok: false; readonly reason: CodeFault };

export function createSecondFactorSetup(dependencies: SecondFactorSetupDependencies) {
  const { secondFactor, users, proofs, blocking, invalidation } = dependencies;
  return {
    /**
     * Confirms the new secret with its first code. The requesting session is revoked as well,
     * because its cookie may have been copied.
     * @throws AppError `forbidden` when that session was already revoked
     */
    async finish(before: User, sessionUid: string, code: string): Promise<SetupOutcome> {
      const { id, securityVersion } = before;
      let user: User | undefined;
      const outcome = await secondFactor.confirm(before, code, async (tx) => {
        const by = { kind: 'user', id } as const;
        const ended = await blocking.revokeEverythingIn(tx, id, by);
        const isStillSignedIn = ended.some(({ uid }) => uid === sessionUid);
        await proofs.endChangeOf(id, tx);
        user = await users.findById(id, tx);
        // The revocation above increments the version by one; any other value means a concurrent
        // change.
        const isUnchanged = user?.securityVersion === securityVersion + 1;
        if (!isUnchanged || !isStillSignedIn) throw noLongerSignedIn();
      });
      if (!outcome.ok) return outcome;
      await invalidation.publish({ userId: id });
      if (!user) throw noLongerSignedIn();
      return { ok: true, user, recoveryCodes: outcome.recoveryCodes };
    },
  };
}

export type SecondFactorSetup = ReturnType<typeof createSecondFactorSetup>;

function noLongerSignedIn(): AppError {
  return new AppError('forbidden', 'You are no longer signed in. Please sign in again.');
}
