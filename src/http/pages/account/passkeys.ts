// A person's passkeys: each with its device, when it was used, its name and the way to be rid of it,
// and adding one. Adding and removing ask for a fresh proof of who it is: fresh-proof.ts.
import type Router from '@koa/router';
import { mayRemovePasskey, type Passkey } from '#domain/people/passkeys.ts';
import { AppError } from '#domain/errors.ts';
import type { Context } from '#http/context.ts';
import { createTranslator, type Locale, type MessageKey } from '#http/rendering/locales.ts';
import { showTime } from '#http/rendering/times.ts';
import { describeDevice } from '#platform/request/device-names.ts';
import type { AddFault } from '#services/factors/passkeys.ts';
import { problemOf } from '#http/pages/own-pages.ts';
import {
  createAccountProof,
  type AccountProofDependencies,
  type ProofProblems,
} from './fresh-proof.ts';
import type { AccountVisit } from './signed-in.ts';

export interface PasskeyPageDependencies extends AccountProofDependencies {
  readonly now: () => Date;
}

const path = '/auth/account/passkeys';

const addProblems = {
  refused: 'problem.passkey.refused',
  taken: 'problem.passkey.taken',
  too_many: 'problem.passkey.too_many',
} as const satisfies Record<AddFault, MessageKey>;

export function addPasskeyPages(router: Router, dependencies: PasskeyPageDependencies): void {
  const { own, door, passkeys, now } = dependencies;
  const proof = createAccountProof(dependencies, 'passkeys');

  function present(passkey: Passkey, locale: Locale) {
    const { id, name, backedUp, deviceType, createdAt, lastUsedAt } = passkey;
    return {
      id,
      name,
      isSynced: backedUp || deviceType === 'multiDevice',
      since: showTime(createdAt, now(), locale),
      lastUsed: lastUsedAt && showTime(lastUsedAt, now(), locale),
    };
  }

  async function show(
    ctx: Context,
    visit: AccountVisit,
    problems: ProofProblems = {},
    status = 200,
  ): Promise<void> {
    const { user, locale } = visit;
    const [list, ways, accepted, asked] = await Promise.all([
      passkeys.list(user.id),
      passkeys.waysIn(user.id),
      passkeys.accepted(user.id),
      proof.asked(visit),
    ]);
    const locals = {
      passkeys: list.map((passkey) => present(passkey, locale)),
      accepted: accepted && { ...accepted, ...nameOf(visit), credentials: idsOf(list) },
      email: user.email,
      formToken: own.formToken(ctx),
      proof: asked,
      problems,
      trouble: problemOf(ctx),
      add: asked ? undefined : wayToAdd(),
      removeAction: asked || !mayRemovePasskey(ways) ? undefined : own.address(`${path}/remove`),
      renameAction: own.address(`${path}/rename`),
      accountHref: own.address('/auth/account'),
    };
    own.render(ctx, 'account-passkeys', locals, status);
  }

  function wayToAdd() {
    return { action: own.address(path), optionsAction: own.address(`${path}/options`) };
  }

  proof.addPages(router, show);

  router.get(
    path,
    door.shows((ctx, visit) => show(ctx, visit)),
  );

  router.post(
    `${path}/options`,
    door.takes(async (ctx, visit) => {
      if (!(await proof.isFresh(visit))) throw notFresh();
      ctx.body = await passkeys.registrationOptions(visit.user, visit.sessionUid);
    }),
  );

  router.post(
    path,
    door.takes(async (ctx, visit, form) => {
      const { user, sessionUid, locale } = visit;
      if (!(await proof.isFresh(visit))) return own.redirect(ctx, path);
      const unnamed = createTranslator(locale)('account-passkeys.unnamed');
      const device = describeDevice(ctx.get('user-agent')) || unnamed;
      const made = { text: form.get('answer'), device };
      const outcome = await passkeys.add(user.id, sessionUid, made);
      if (!outcome.ok) {
        return show(ctx, visit, { general: addProblems[outcome.reason] }, 422);
      }
      return own.redirect(ctx, path);
    }),
  );

  router.post(
    `${path}/rename`,
    door.takes(async (ctx, { user }, form) => {
      if (!(await passkeys.rename(user.id, form.get('passkey'), form.get('name')))) throw noSuch();
      return own.redirect(ctx, path);
    }),
  );

  router.post(
    `${path}/remove`,
    door.takes(async (ctx, visit, form) => {
      if (!(await proof.isFresh(visit))) return own.redirect(ctx, path);
      const outcome = await passkeys.remove(visit.user.id, form.get('passkey'));
      if (outcome.ok) return own.redirect(ctx, path);
      if (outcome.reason === 'unknown') throw noSuch();
      return show(ctx, visit, { general: 'problem.passkey.last' }, 422);
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

function notFresh(): AppError {
  return new AppError('forbidden', 'Please confirm first that it is you.');
}
