// The second proof of a sign-in, from the person's side: setting up an app that makes codes, codes on
// paper, and taking it all away. Each of them asks for a proof or a code again.
import type Router from '@koa/router';
import { showRecoveryCode } from '#domain/people/second-factor.ts';
import type { Context } from '#http/context.ts';
import type { MessageKey } from '#http/rendering/locales.ts';
import { drawQrCode } from '#http/rendering/qr-code.ts';
import { showTime } from '#http/rendering/times.ts';
import { totpAddress } from '#services/factors/totp.ts';
import { factorProblems } from '#http/pages/second-factor.ts';
import { createOwnProof, type OwnProofDependencies, type ProofProblems } from './data/own-proof.ts';
import type { AccountDoor, AccountVisit } from './signed-in.ts';

export interface CodePageDependencies extends OwnProofDependencies {
  readonly door: AccountDoor;
  readonly productName: string;
  readonly now: () => Date;
}

const path = '/auth/account/codes';

export function addCodePages(router: Router, dependencies: CodePageDependencies): void {
  const { own, door, secondFactor, productName, now } = dependencies;
  const ownProof = createOwnProof(dependencies);
  const accountHref = own.address('/auth/account');

  async function showState(
    ctx: Context,
    visit: AccountVisit,
    problems: ProofProblems = {},
    status = 200,
  ): Promise<void> {
    const { user, locale } = visit;
    const { since, lastUsedAt, recoveryCodesLeft } = await secondFactor.state(user.id);
    const factor = since && {
      since: showTime(since, now(), locale),
      lastUsed: lastUsedAt && showTime(lastUsedAt, now(), locale),
      recoveryCodesLeft,
    };
    const locals = {
      factor,
      formToken: own.formToken(ctx),
      ...(await ownProof.asked(visit)),
      beginAction: own.address(`${path}/begin`),
      action: own.address(path),
      problems,
      accountHref,
    };
    own.render(ctx, 'account-codes', locals, status);
  }

  async function showSecret(
    ctx: Context,
    visit: AccountVisit,
    secret: string,
    problem?: MessageKey,
  ): Promise<void> {
    const { email } = visit.user;
    const address = await totpAddress(secret, { productName, email });
    const locals = {
      action: own.address(`${path}/confirm`),
      formToken: own.formToken(ctx),
      picture: drawQrCode(address),
      address,
      secret: showRecoveryCode(secret),
      problem,
      backHref: own.address(path),
    };
    own.render(ctx, 'account-codes-new', locals, problem ? 422 : 200);
  }

  function showRecoveryCodes(ctx: Context, codes: readonly string[]): void {
    const shown = codes.map(showRecoveryCode);
    own.render(ctx, 'account-codes-paper', { codes: shown, codesHref: own.address(path) });
  }

  router.get(
    path,
    door.shows((ctx, visit) => showState(ctx, visit)),
  );

  router.post(
    `${path}/begin`,
    door.takes(async (ctx, visit, form) => {
      const { problems, status } = await ownProof.prove(ctx, visit, form);
      if (problems) return showState(ctx, visit, problems, status);
      const begun = await secondFactor.begin(visit.user.id);
      return own.redirect(ctx, begun ? `${path}/new` : path);
    }),
  );

  router.get(
    `${path}/new`,
    door.shows(async (ctx, visit) => {
      const secret = await secondFactor.pendingSecret(visit.user.id);
      if (!secret) return own.redirect(ctx, path);
      return showSecret(ctx, visit, secret);
    }),
  );

  router.post(
    `${path}/confirm`,
    door.takes(async (ctx, visit, form) => {
      const secret = await secondFactor.pendingSecret(visit.user.id);
      if (!secret) return own.redirect(ctx, path);
      const outcome = await secondFactor.confirm(visit.user.id, form.get('code'));
      if (!outcome.ok) return showSecret(ctx, visit, secret, factorProblems[outcome.reason]);
      return showRecoveryCodes(ctx, outcome.recoveryCodes);
    }),
  );

  router.post(
    path,
    door.takes(async (ctx, visit, form) => {
      const { id } = visit.user;
      const outcome = await secondFactor.check(id, form.get('code'));
      if (!outcome.ok) {
        return showState(ctx, visit, { code: factorProblems[outcome.reason] }, 422);
      }
      if (form.get('act') === 'renew') {
        return showRecoveryCodes(ctx, await secondFactor.renewRecoveryCodes(id));
      }
      await secondFactor.remove(id, { kind: 'user', id });
      return own.redirect(ctx, path);
    }),
  );
}
