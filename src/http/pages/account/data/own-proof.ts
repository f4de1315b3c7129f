// Proving once more who one is, on the page of what is about to happen: with the password, and a code
// where codes are asked for; whoever has no password confirms with a passkey first.
import type { Context } from '#http/context.ts';
import type { Form } from '#http/forms/input.ts';
import { statusOf, type SignInAttempts } from '#http/forms/sign-in-attempts.ts';
import { passwordAgainProblems } from '#http/forms/sign-in-problems.ts';
import type { OwnPages } from '#http/pages/own-pages.ts';
import { factorProblems } from '#http/pages/second-factor.ts';
import type { WaysIn } from '#domain/people/passkeys.ts';
import type { MessageKey } from '#http/rendering/locales.ts';
import type { FreshProof } from '#services/factors/fresh-proof.ts';
import type { Passkeys } from '#services/factors/passkeys.ts';
import type { SecondFactor } from '#services/factors/second-factor.ts';
import type { AccountVisit } from '#http/pages/account/signed-in.ts';

export interface OwnProofDependencies {
  readonly own: OwnPages;
  readonly attempts: SignInAttempts;
  readonly secondFactor: SecondFactor;
  readonly passkeys: Passkeys;
  readonly freshProof: FreshProof;
}

export interface ProofProblems {
  readonly password?: MessageKey;
  readonly code?: MessageKey;
}

/** Without `problems` it is proven. */
export interface ProofOutcome {
  readonly problems?: ProofProblems;
  readonly status?: number;
}

export function createOwnProof(dependencies: OwnProofDependencies) {
  const { own, attempts, secondFactor, passkeys, freshProof } = dependencies;

  return {
    isFresh: (visit: AccountVisit): Promise<boolean> => freshProof.isFresh(visit),
    /** That it was proven counts for a few minutes, for what takes it as a proof. */
    note: ({ sessionUid }: AccountVisit): Promise<void> => freshProof.note(sessionUid),
    /** What the form has to ask for. */
    async asked(visit: AccountVisit) {
      const { user } = visit;
      const [{ since }, ways] = await Promise.all([
        secondFactor.state(user.id),
        passkeys.waysIn(user.id),
      ]);
      const { hasPassword } = ways;
      const isProven = hasPassword || (await freshProof.isFresh(visit));
      return {
        email: user.email,
        hasPassword,
        asksForCode: hasPassword && since !== undefined,
        confirmHref: isProven ? undefined : own.address(confirmPath(ways)),
      };
    },
    /** What was typed, or without a password a passkey that was used just now. */
    async prove(ctx: Context, visit: AccountVisit, form: Form): Promise<ProofOutcome> {
      const { user } = visit;
      if (!(await passkeys.waysIn(user.id)).hasPassword) {
        return (await freshProof.isFresh(visit)) ? {} : { problems: {}, status: 422 };
      }
      const typed = { login: user.email, password: form.get('password') };
      const proof = await attempts.attempt(ctx, typed);
      if (!proof.ok) {
        const problems = { password: passwordAgainProblems[proof.reason] };
        return { problems, status: statusOf(proof.reason) };
      }
      await proof.settle();
      if (proof.signIn) return {};
      const outcome = await secondFactor.check(user.id, form.get('code'));
      return outcome.ok ? {} : { problems: { code: factorProblems[outcome.reason] }, status: 422 };
    },
  };
}

/** Where somebody without a password proves who it is; a mailbox alone sets a password first. */
export function confirmPath({ passkeys, identities }: WaysIn): string {
  if (passkeys > 0) return '/auth/account/passkeys';
  return identities > 0 ? '/auth/account/linked' : '/auth/account/password';
}

export type OwnProof = ReturnType<typeof createOwnProof>;
