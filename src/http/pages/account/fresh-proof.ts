// Proving once more who one is before something that matters is changed: with the password, with a
// code where codes are asked for, with a passkey, or at another provider. It counts for a few minutes.
import type Router from '@koa/router';
import { statusOf, type SignInAttempts } from '#http/forms/sign-in-attempts.ts';
import type { OwnPages } from '#http/pages/own-pages.ts';
import { factorProblems } from '#http/pages/second-factor.ts';
import type { ProviderWays } from '#http/pages/with/ways.ts';
import type { ProofView, ProviderButton } from '#http/rendering/views/provider-view-types.ts';
import type { MessageKey } from '#http/rendering/locales.ts';
import type { Context } from '#http/context.ts';
import type { FreshProof } from '#services/factors/fresh-proof.ts';
import type { PasskeySignIn } from '#services/factors/passkey-sign-in.ts';
import type { Passkeys } from '#services/factors/passkeys.ts';
import type { SecondFactor } from '#services/factors/second-factor.ts';
import type { Identities } from '#services/identities/identities.ts';
import type { Providers } from '#services/identities/providers.ts';
import { passwordAgainProblems } from '#http/forms/sign-in-problems.ts';
import type { AccountDoor, AccountVisit } from './signed-in.ts';

export interface AccountProofDependencies {
  readonly own: OwnPages;
  readonly door: AccountDoor;
  readonly attempts: SignInAttempts;
  readonly secondFactor: SecondFactor;
  readonly freshProof: FreshProof;
  readonly passkeys: Passkeys;
  readonly passkeySignIn: PasskeySignIn;
  readonly identities: Identities;
  readonly providers: Providers;
  readonly ways: ProviderWays;
}

/** `typed`: of the password or the code; `general`: of anything else. */
export interface ProofProblems {
  readonly typed?: MessageKey;
  readonly general?: MessageKey;
}

export type ShowPage = (
  ctx: Context,
  visit: AccountVisit,
  problems?: ProofProblems,
  status?: number,
) => Promise<void>;

/** @param name of the page that asks, below the account's address */
export function createAccountProof(
  dependencies: AccountProofDependencies,
  name: 'passkeys' | 'linked',
) {
  const { own, door, attempts, secondFactor, freshProof, passkeys, passkeySignIn } = dependencies;
  const { identities, providers, ways } = dependencies;
  const path = `/auth/account/${name}`;

  /** Whoever has codes has to show one: a password may have been given away together with a session. */
  async function kindOf({ user }: AccountVisit): Promise<ProofView['kind']> {
    if ((await secondFactor.state(user.id)).since) return 'code';
    const { hasPassword, passkeys: count } = await passkeys.waysIn(user.id);
    if (hasPassword) return 'password';
    return count > 0 ? 'passkey' : 'provider';
  }

  /** Where the person has an account that is linked here. */
  async function providersOf(userId: string): Promise<readonly ProviderButton[]> {
    const issuers = new Set((await identities.list(userId)).map(({ issuer }) => issuer));
    return providers.list.filter(({ issuer }) => issuers.has(issuer)).map(ways.button);
  }

  return {
    /** `undefined`: it was proven just now. */
    async asked(visit: AccountVisit): Promise<ProofView | undefined> {
      if (await freshProof.isFresh(visit)) return undefined;
      const [kind, count] = await Promise.all([kindOf(visit), passkeys.waysIn(visit.user.id)]);
      const passkey = {
        action: own.address(`${path}/confirm-passkey`),
        optionsAction: own.address(`${path}/confirm-passkey/options`),
      };
      return {
        action: own.address(`${path}/confirm`),
        kind,
        ...(count.passkeys > 0 ? { passkey } : {}),
        providers:
          kind === 'code' || count.identities === 0 ? [] : await providersOf(visit.user.id),
        back: name,
      };
    },
    isFresh: freshProof.isFresh,
    addPages(router: Router, show: ShowPage): void {
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

export type AccountProof = ReturnType<typeof createAccountProof>;
