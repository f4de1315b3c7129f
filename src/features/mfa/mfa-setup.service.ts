// Turning on the codes that signing in asks for. Whoever knew the password alone is out: every session
// and token from before ends, and so does a change of address that was asked for before.
import { AppError } from '#platform/errors.ts';
import type { User } from '#core/users/users.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import type { CodeFault, SecondFactor } from './mfa.service.ts';
import type { MailProofs } from '#features/email-tokens/email-tokens.service.ts';
import type { Changes } from '#core/subject-status/invalidation.service.ts';
import type { UserStore } from '#core/users/users.store.ts';

export interface SecondFactorSetupDependencies {
  readonly secondFactor: SecondFactor;
  readonly users: UserStore;
  readonly proofs: MailProofs;
  readonly blocking: Blocking;
  readonly changes: Changes;
}

export type SetupOutcome =
  | { readonly ok: true; readonly user: User; readonly recoveryCodes: readonly string[] }
  | { readonly ok: false; readonly reason: CodeFault };

export function createSecondFactorSetup(dependencies: SecondFactorSetupDependencies) {
  const { secondFactor, users, proofs, blocking, changes } = dependencies;
  return {
    /**
     * Takes the first code of the new secret. Ends the session that asks as well: its cookie may have
     * been copied.
     * @throws AppError `forbidden` when that session has ended meanwhile
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
        // This act counts as one: with another number, something else came between.
        const isUnchanged = user?.securityVersion === securityVersion + 1;
        if (!isUnchanged || !isStillSignedIn) throw noLongerSignedIn();
      });
      if (!outcome.ok) return outcome;
      await changes.announce({ userId: id });
      if (!user) throw noLongerSignedIn();
      return { ok: true, user, recoveryCodes: outcome.recoveryCodes };
    },
  };
}

export type SecondFactorSetup = ReturnType<typeof createSecondFactorSetup>;

function noLongerSignedIn(): AppError {
  return new AppError('forbidden', 'You are not signed in here any more. Please sign in again.');
}
