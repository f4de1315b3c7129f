// Proving once more who one is before something that matters is changed: with the password, with a
// code where codes are asked for, or with a passkey. It counts for a few minutes.
import type Router from '@koa/router';
import { statusOf, type SignInAttempts } from '#http/forms/sign-in-attempts.ts';
import type { OwnPages } from '#http/pages/own-pages.ts';
import { factorProblems } from '#http/pages/second-factor.ts';
import type { PasskeyWay } from '#http/rendering/account-view-types.ts';
import type { MessageKey } from '#http/rendering/locales.ts';
import type { Context } from '#http/context.ts';
import type { FreshProof } from '#services/factors/fresh-proof.ts';
import type { PasskeySignIn } from '#services/factors/passkey-sign-in.ts';
import type { Passkeys } from '#services/factors/passkeys.ts';
import type { SecondFactor } from '#services/factors/second-factor.ts';
import { passwordAgainProblems } from '#http/forms/sign-in-problems.ts';
import type { AccountDoor, AccountVisit } from './signed-in.ts';

export interface PasskeyProofDependencies {
  readonly own: OwnPages;
  readonly door: AccountDoor;
  readonly attempts: SignInAttempts;
  readonly secondFactor: SecondFactor;
  readonly freshProof: FreshProof;
  readonly passkeys: Passkeys;
  readonly passkeySignIn: PasskeySignIn;
}

/** What the page asks for; the problem is that of the last try. */
export interface ProofAsked {
  readonly action: string;
  readonly kind: 'password' | 'code' | 'passkey';
  readonly passkey?: PasskeyWay | undefined;
}

/** `typed`: of the password or the code; `general`: of anything else. */
export interface PasskeyProblems {
  readonly typed?: MessageKey;
  readonly general?: MessageKey;
}

export type ShowPasskeys = (
  ctx: Context,
  visit: AccountVisit,
  problems?: PasskeyProblems,
  status?: number,
) => Promise<void>;

const path = '/auth/account/passkeys';

export function createPasskeyProof(dependencies: PasskeyProofDependencies) {
  const { own, door, attempts, secondFactor, freshProof, passkeys, passkeySignIn } = dependencies;

  /** Whoever has codes has to show one: a password may have been given away together with a session. */
  async function kindOf({ user }: AccountVisit): Promise<ProofAsked['kind']> {
    if ((await secondFactor.state(user.id)).since) return 'code';
    return (await passkeys.waysIn(user.id)).hasPassword ? 'password' : 'passkey';
  }

  return {
    /** `undefined`: it was proven just now. */
    async asked(visit: AccountVisit): Promise<ProofAsked | undefined> {
      if (await freshProof.isFresh(visit)) return undefined;
      const [kind, ways] = await Promise.all([kindOf(visit), passkeys.waysIn(visit.user.id)]);
      const passkey = {
        action: own.address(`${path}/confirm-passkey`),
        optionsAction: own.address(`${path}/confirm-passkey/options`),
      };
      const shown = ways.passkeys > 0 ? { passkey } : {};
      return { action: own.address(`${path}/confirm`), kind, ...shown };
    },
    isFresh: freshProof.isFresh,
    addPages(router: Router, show: ShowPasskeys): void {
      router.post(
        `${path}/confirm`,
        door.takes(async (ctx, visit, form) => {
          const { user, sessionUid } = visit;
          if ((await kindOf(visit)) === 'code') {
            const outcome = await secondFactor.check(user.id, form.get('code'));
            if (!outcome.ok) {
              return show(ctx, visit, { typed: factorProblems[outcome.reason] }, 422);
            }
          } else {
            const typed = { login: user.email, password: form.get('password') };
            const proof = await attempts.attempt(ctx, typed);
            if (!proof.ok) {
              const problems = { typed: passwordAgainProblems[proof.reason] };
              return show(ctx, visit, problems, statusOf(proof.reason));
            }
            await proof.settle();
          }
          await freshProof.note(sessionUid);
          return own.redirect(ctx, path);
        }),
      );

      router.post(
        `${path}/confirm-passkey/options`,
        door.takes(async (ctx, { user, sessionUid }) => {
          const step = { purpose: 'confirm', binding: sessionUid } as const;
          ctx.body = await passkeySignIn.options(step, user.id);
        }),
      );

      router.post(
        `${path}/confirm-passkey`,
        door.takes(async (ctx, visit, form) => {
          const { user, sessionUid } = visit;
          const step = { purpose: 'confirm', binding: sessionUid } as const;
          const outcome = await passkeySignIn.check(form.get('answer'), step, user.id);
          if (!outcome.ok) {
            return show(ctx, visit, { general: 'problem.passkey.refused' }, 422);
          }
          await freshProof.note(sessionUid);
          return own.redirect(ctx, path);
        }),
      );
    },
  };
}

export type PasskeyProof = ReturnType<typeof createPasskeyProof>;
