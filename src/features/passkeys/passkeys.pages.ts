// The account page for passkeys: lists them with device, last use and name, and lets the user add,
// rename and remove them. Each change requires reauthentication.
import { unlimited } from '#http/rate-limit/route-limit.ts';
import type Router from '@koa/router';
import { passkeyAmr } from '#core/sessions/authentication.ts';
import { mayRemovePasskey, type Passkey } from './passkeys.ts';
import { AppError } from '#platform/errors.ts';
import type { Context } from '#http/context.ts';
import type { Form } from '#http/request/input.ts';
import { createTranslator, type Locale, type MessageKey } from '#http/i18n/locales.ts';
import { showTime, type ShownTime } from '#http/i18n/times.ts';
import { describeDevice } from '#platform/request/device-names.ts';
import type { AddFault, Passkeys } from './passkeys.service.ts';
import { confirmFirst } from '#http/reauthentication/confirm-first.ts';
import { problemOf, type SitePages } from '#http/site-pages.ts';
import type {
  ReauthenticationProblems,
  ReauthenticationGate,
  ReauthenticationRecords,
} from '#http/reauthentication/reauthentication-gate.ts';
import type { SessionGuard, AccountVisit } from '#features/account/account-session.pages.ts';
import type { PasskeyUrl } from '#http/passkey-urls.ts';
import { defineAccountView } from '#http/rendering/view.ts';

export interface AccountPasskeysLocals {
  readonly passkeys: readonly {
    readonly id: string;
    readonly name: string;
    readonly isSynced: boolean;
    readonly since: ShownTime;
    readonly lastUsed?: ShownTime | undefined;
  }[];
  /** The accepted credentials, which the browser reports to its authenticators. */
  readonly accepted?:
    | {
        readonly rpId: string;
        readonly userHandle: string;
        readonly name: string;
        readonly displayName: string;
        /** The credential ids, separated by spaces. */
        readonly credentials: string;
      }
    | undefined;
  readonly email: string;
  readonly formToken: string;
  /** Why the user came back from an identity provider. */
  readonly trouble?: MessageKey | undefined;
  readonly problems: ReauthenticationProblems;
  /** `undefined`, like the other actions, if an administrator views the page for support. */
  readonly add?: PasskeyUrl | undefined;
  readonly removeAction?: string | undefined;
  readonly renameAction?: string | undefined;
}

export const accountPasskeysView = defineAccountView<AccountPasskeysLocals>(
  'passkeys/account-passkeys',
);

export interface PasskeyPageDependencies {
  readonly site: SitePages;
  readonly guard: SessionGuard;
  readonly component: ReauthenticationGate;
  readonly reauthentication: ReauthenticationRecords;
  readonly passkeys: Passkeys;
  readonly now: () => Date;
}

const path = '/auth/account/passkeys';

const addProblems = {
  refused: 'problem.passkey.refused',
  taken: 'problem.passkey.taken',
  too_many: 'problem.passkey.too_many',
} as const satisfies Record<AddFault, MessageKey>;

function present(passkey: Passkey, now: Date, locale: Locale) {
  const { id, name, backedUp, deviceType, createdAt, lastUsedAt } = passkey;
  return {
    id,
    name,
    isSynced: backedUp || deviceType === 'multiDevice',
    since: showTime(createdAt, now, locale),
    lastUsed: lastUsedAt && showTime(lastUsedAt, now, locale),
  };
}

/** The URLs of the actions. */
function actionsOf({ site }: PasskeyPageDependencies, mayRemove: boolean) {
  return {
    add: { action: site.address(path), optionsAction: site.address(`${path}/options`) },
    removeAction: mayRemove ? site.address(`${path}/remove`) : undefined,
    renameAction: site.address(`${path}/rename`),
  };
}

async function show(
  dependencies: PasskeyPageDependencies,
  ctx: Context,
  visit: AccountVisit,
  problem?: MessageKey,
): Promise<void> {
  const { site, component, passkeys, now } = dependencies;
  const { user, locale } = visit;
  const [list, methods, accepted, reauthentication] = await Promise.all([
    passkeys.list(user.id),
    passkeys.signInMethods(user.id),
    passkeys.accepted(user.id),
    component.ask(visit, 'add_passkey'),
  ]);
  const confirm = confirmFirst(ctx, reauthentication);
  if (confirm) return site.redirect(ctx, confirm);
  const locals = {
    passkeys: list.map((passkey) => present(passkey, now(), locale)),
    accepted: accepted && { ...accepted, ...nameOf(visit), credentials: idsOf(list) },
    email: user.email,
    formToken: site.formToken(ctx),
    problems: { general: problem },
    trouble: problemOf(ctx),
    ...(reauthentication.isProven ? actionsOf(dependencies, mayRemovePasskey(methods)) : {}),
  };
  site.render(ctx, accountPasskeysView, locals, problem ? 422 : 200);
}

async function add(
  dependencies: PasskeyPageDependencies,
  ctx: Context,
  visit: AccountVisit,
  form: Form,
): Promise<void> {
  const { site, component, reauthentication, passkeys } = dependencies;
  const { user, sessionUid, locale } = visit;
  if (!(await component.isProven(visit, 'add_passkey'))) return site.redirect(ctx, path);
  const unnamed = createTranslator(locale)('account-passkeys.unnamed');
  const device = describeDevice(ctx.get('user-agent')) || unnamed;
  const outcome = await passkeys.add(user, sessionUid, { text: form.get('answer'), device });
  if (!outcome.ok) return show(dependencies, ctx, visit, addProblems[outcome.reason]);
  // Now that the account has a passkey, reauthentication requires one; the user has just used this
  // one.
  await reauthentication.note(sessionUid, passkeyAmr(outcome));
  site.notify(ctx, 'account.notice.passkey_added');
  return site.redirect(ctx, path);
}

export function addPasskeyPages(router: Router, dependencies: PasskeyPageDependencies): void {
  const { site, guard, component, passkeys } = dependencies;

  router.get(
    path,
    guard.shows((ctx, visit) => show(dependencies, ctx, visit)),
  );

  router.post(
    `${path}/options`,
    unlimited('signedIn'),
    guard.takes(async (ctx, visit) => {
      if (!(await component.isProven(visit, 'add_passkey'))) throw notProven();
      ctx.body = await passkeys.registrationOptions(visit.user, visit.sessionUid);
    }),
  );

  router.post(
    path,
    unlimited('signedIn'),
    guard.takes((ctx, visit, form) => add(dependencies, ctx, visit, form)),
  );

  router.post(
    `${path}/rename`,
    unlimited('signedIn'),
    guard.takes(async (ctx, visit, form) => {
      const { user } = visit;
      if (!(await component.isProven(visit, 'rename_passkey'))) return site.redirect(ctx, path);
      if (!(await passkeys.rename(user, form.get('passkey'), form.get('name')))) throw noSuch();
      site.notify(ctx, 'account.notice.passkey_renamed');
      return site.redirect(ctx, path);
    }),
  );

  router.post(
    `${path}/remove`,
    unlimited('signedIn'),
    guard.takes(async (ctx, visit, form) => {
      if (!(await component.isProven(visit, 'remove_passkey'))) return site.redirect(ctx, path);
      const outcome = await passkeys.remove(visit.user, form.get('passkey'));
      if (outcome.ok) {
        site.notify(ctx, 'account.notice.passkey_removed');
        return site.redirect(ctx, path);
      }
      if (outcome.reason === 'unknown') throw noSuch();
      return show(dependencies, ctx, visit, 'problem.passkey.last');
    }),
  );
}

function nameOf({ user }: AccountVisit) {
  return { name: user.email, displayName: user.claims.name ?? user.email };
}

function idsOf(list: readonly Passkey[]): string {
  return list.map(({ id }) => id).join(' ');
}

function noSuch(): AppError {
  return new AppError('not_found', 'You have no such passkey.');
}

function notProven(): AppError {
  return new AppError('forbidden', 'Please confirm first that it is you.');
}
