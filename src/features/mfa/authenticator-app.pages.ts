// Account pages for the authenticator app: setting it up, recovery codes, and turning both off.
// Each action requires reauthentication.
import { confirmChoice } from '#http/reauthentication/confirm-first.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import type Router from '@koa/router';
import { showRecoveryCode } from './mfa.ts';
import type { Context } from '#http/context.ts';
import type { Form } from '#http/request/input.ts';
import { drawQrCode, type QrCode } from '#http/rendering/qr-code.ts';
import { showTime, type ShownTime } from '#http/i18n/times.ts';
import { totpAddress } from './credentials/totp.ts';
import { problemOf, type SitePages } from '#http/site-pages.ts';
import { factorProblems } from './second-step.pages.ts';
import { signedInAgain } from '#core/sessions/authentication.ts';
import type { SecondFactorSetup } from './mfa-setup.service.ts';
import type { SecondFactor } from './mfa.service.ts';
import type {
  ReauthenticationProblems,
  ReauthenticationGate,
  ReauthenticationView,
} from '#http/reauthentication/reauthentication-gate.ts';
import type { SessionGuard, AccountVisit } from '#features/account/account-session.pages.ts';
import { defineAccountView } from '#http/rendering/view.ts';

/** New recovery codes, or turning the authenticator app off. */
type Act = 'renew' | 'remove';

export interface AccountCodesLocals {
  readonly factor?:
    | {
        readonly since: ShownTime;
        readonly lastUsed?: ShownTime | undefined;
        readonly recoveryCodesLeft: number;
      }
    | undefined;
  /** The action whose form the page shows. */
  readonly act?: Act | undefined;
  readonly formToken: string;
  readonly email: string;
  readonly reauthentication: ReauthenticationView;
  readonly beginAction: string;
  readonly action: string;
  readonly problems: ReauthenticationProblems;
}

export const accountCodesView = defineAccountView<AccountCodesLocals>('mfa/account-codes');

export interface AccountCodesNewLocals {
  readonly action: string;
  readonly formToken: string;
  readonly picture: QrCode;
  readonly address: string;
  readonly secret: string;
  readonly email: string;
  /** Fields for reauthentication, if the setup took longer than a reauthentication is valid. */
  readonly reauthentication: ReauthenticationView;
  readonly problems: ReauthenticationProblems;
  readonly backHref: string;
}

export const accountCodesNewView =
  defineAccountView<AccountCodesNewLocals>('mfa/account-codes-new');

export interface AccountCodesPaperLocals {
  readonly codes: readonly string[];
  /** True if these codes replace earlier ones. */
  readonly isRenewal: boolean;
  readonly codesHref: string;
}

export const accountCodesPaperView =
  defineAccountView<AccountCodesPaperLocals>('mfa/account-codes-paper');

export interface CodePageDependencies {
  readonly site: SitePages;
  readonly guard: SessionGuard;
  readonly component: ReauthenticationGate;
  readonly secondFactor: SecondFactor;
  readonly secondFactorSetup: SecondFactorSetup;
  readonly productName: string;
  readonly now: () => Date;
}

const path = '/auth/account/codes';

interface Shown {
  readonly act?: Act | undefined;
  readonly problems?: ReauthenticationProblems;
  readonly status?: number;
}

async function showState(
  { site, component, secondFactor, now }: CodePageDependencies,
  ctx: Context,
  visit: AccountVisit,
  { act, problems = {}, status = 200 }: Shown = {},
): Promise<void> {
  const { user, locale } = visit;
  const { since, lastUsedAt, recoveryCodesLeft } = await secondFactor.state(user.id);
  const factor = since && {
    since: showTime(since, now(), locale),
    lastUsed: lastUsedAt && showTime(lastUsedAt, now(), locale),
    recoveryCodesLeft,
  };
  const needed = factor ? 'turn_off_or_renew_codes' : 'turn_on_codes';
  const locals = {
    factor,
    act,
    formToken: site.formToken(ctx),
    email: user.email,
    reauthentication: await component.ask(visit, needed),
    beginAction: site.address(`${path}/begin`),
    action: site.address(path),
    problems,
  };
  site.render(ctx, accountCodesView, locals, status);
}

/** Shows the secret of an authenticator app that is being set up. */
async function showSecret(
  { site, component, productName }: CodePageDependencies,
  ctx: Context,
  visit: AccountVisit,
  secret: string,
  { problems = {}, status = 200 }: Shown = {},
): Promise<void> {
  const { email } = visit.user;
  const address = await totpAddress(secret, { productName, email });
  const locals = {
    action: site.address(`${path}/confirm`),
    formToken: site.formToken(ctx),
    picture: drawQrCode(address),
    address,
    secret: secret.match(/.{1,4}/g)?.join(' ') ?? secret,
    email,
    reauthentication: await component.ask(visit, 'turn_on_codes', 'codes/new'),
    problems,
    backHref: site.address(path),
  };
  site.render(ctx, accountCodesNewView, locals, status);
}

function showRecoveryCodes(
  { site }: CodePageDependencies,
  ctx: Context,
  { codes, isRenewal }: Pick<AccountCodesPaperLocals, 'codes' | 'isRenewal'>,
): void {
  const shown = codes.map(showRecoveryCode);
  const codesHref = site.address(path);
  site.render(ctx, accountCodesPaperView, { codes: shown, isRenewal, codesHref });
}

/** Turns the authenticator app on; the session then counts as signed in with two factors. */
async function confirm(
  dependencies: CodePageDependencies,
  ctx: Context,
  visit: AccountVisit,
  form: Form,
): Promise<void> {
  const { site, component, secondFactor, secondFactorSetup } = dependencies;
  const secret = await secondFactor.pendingSecret(visit.user.id);
  if (!secret) return site.redirect(ctx, path);
  const proof = await component.prove(ctx, visit, form, 'turn_on_codes');
  if (!proof.ok) return showSecret(dependencies, ctx, visit, secret, proof);
  const { user, sessionUid } = visit;
  const outcome = await secondFactorSetup.finish(user, sessionUid, form.get('code'));
  if (!outcome.ok) {
    const problems = { code: factorProblems[outcome.reason] };
    return showSecret(dependencies, ctx, visit, secret, { problems, status: 422 });
  }
  const proven = { user: outcome.user, at: proof.at };
  await site.startSession(ctx, signedInAgain(proven, [...proof.amr, 'otp']), visit.stays);
  site.notify(ctx, 'account.notice.factor_added');
  return showRecoveryCodes(dependencies, ctx, {
    codes: outcome.recoveryCodes,
    isRenewal: false,
  });
}

function readAct(text: unknown): Act | undefined {
  return text === 'renew' || text === 'remove' ? text : undefined;
}

export function addCodePages(router: Router, dependencies: CodePageDependencies): void {
  const { site, guard, component, secondFactor } = dependencies;

  router.get(
    path,
    guard.shows(async (ctx, visit) => {
      const { since } = await secondFactor.state(visit.user.id);
      const elsewhere = since
        ? undefined
        : confirmChoice(ctx, await component.ask(visit, 'turn_on_codes'));
      if (elsewhere) return site.redirect(ctx, elsewhere);
      const act = readAct(ctx.query['act']);
      return showState(dependencies, ctx, visit, { act, problems: { general: problemOf(ctx) } });
    }),
  );

  router.post(
    `${path}/begin`,
    unlimited('throttledProof'),
    guard.takes(async (ctx, visit, form) => {
      const proof = await component.prove(ctx, visit, form, 'turn_on_codes');
      if (!proof.ok) return showState(dependencies, ctx, visit, proof);
      const begun = await secondFactor.begin(visit.user.id);
      return site.redirect(ctx, begun ? `${path}/new` : path);
    }),
  );

  router.get(
    `${path}/new`,
    guard.shows(async (ctx, visit) => {
      const secret = await secondFactor.pendingSecret(visit.user.id);
      if (!secret) return site.redirect(ctx, path);
      const asked = await component.ask(visit, 'turn_on_codes', 'codes/new');
      const elsewhere = confirmChoice(ctx, asked);
      if (elsewhere) return site.redirect(ctx, elsewhere);
      return showSecret(dependencies, ctx, visit, secret, {
        problems: { general: problemOf(ctx) },
      });
    }),
  );

  router.post(
    `${path}/confirm`,
    unlimited('throttledProof'),
    guard.takes((ctx, visit, form) => confirm(dependencies, ctx, visit, form)),
  );

  router.post(
    path,
    unlimited('throttledProof'),
    guard.takes(async (ctx, visit, form) => {
      const proof = await component.prove(ctx, visit, form, 'turn_off_or_renew_codes');
      const act = readAct(form.get('act'));
      if (!proof.ok) return showState(dependencies, ctx, visit, { ...proof, act });
      if (act === 'renew') {
        const codes = await secondFactor.renewRecoveryCodes(visit.user);
        site.notify(ctx, 'account.notice.codes_renewed');
        return showRecoveryCodes(dependencies, ctx, { codes, isRenewal: true });
      }
      await secondFactor.removeOwn(visit.user);
      site.notify(ctx, 'account.notice.factor_removed');
      return site.redirect(ctx, path);
    }),
  );
}
