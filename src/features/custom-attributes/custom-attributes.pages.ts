// The account page for the custom attributes of one namespace. It shows the value and, if the
// declaration lets users write, a form generated from the schema.
import { unlimited } from '#http/rate-limit/route-limit.ts';
import type Router from '@koa/router';
import { AppError } from '#platform/errors.ts';
import type { Declaration } from './schema/declarations.ts';
import { readTyped, type JsonObject } from './schema/values.ts';
import { sayIn } from './schema/localized-text.ts';
import type { Context } from '#http/context.ts';
import type { SessionGuard, AccountVisit } from '#features/account/account-session.pages.ts';
import type { SitePages } from '#http/site-pages.ts';
import { plainText, type Locale } from '#http/i18n/locales.ts';
import { showDetailFields, type ShownFault, type DetailFieldView } from './field-views.pages.ts';
import { showValue, type ValueRow } from './value-rows.pages.ts';
import type { CustomAttributes } from './custom-attributes.service.ts';
import type { StoredSupplement } from './custom-attributes.store.ts';
import { defineAccountView } from '#http/rendering/view.ts';

export interface AccountDetailsLocals {
  /** The title of the namespace, as declared by the operator. */
  readonly heading: string;
  readonly mayWrite: boolean;
  readonly action: string;
  readonly formToken: string;
  /** The version of the value for which the form was shown. */
  readonly version: string;
  readonly fields: readonly DetailFieldView[];
  /** The stored value, read-only. */
  readonly rows: readonly ValueRow[];
  readonly isStale: boolean;
  readonly isTooLarge: boolean;
  readonly hasProblems: boolean;
}

export const accountDetailsView = defineAccountView<AccountDetailsLocals>(
  'custom-attributes/account-details',
);

export interface DetailPageDependencies {
  readonly site: SitePages;
  readonly guard: SessionGuard;
  readonly supplements: CustomAttributes;
}

const path = '/auth/account/details';

/** A submitted value that was refused, with the reason. */
interface Refused {
  readonly value: JsonObject;
  readonly faults?: readonly ShownFault[];
  readonly reason: 'stale' | 'too_large' | 'invalid';
}

const statusOf = { stale: 409, too_large: 413, invalid: 422 } as const;

/** The namespaces that the user may see, for the navigation of the account. */
export function visibleNamespaces(supplements: CustomAttributes, locale: Locale) {
  return supplements.declarations
    .filter(({ person }) => person !== 'none')
    .map(({ namespace, title }) => ({
      namespace,
      title: plainText(sayIn(title, locale)),
    }));
}

export function addDetailPages(router: Router, dependencies: DetailPageDependencies): void {
  const { site, guard, supplements } = dependencies;

  /** A namespace that users may not see is reported as not found. */
  function open(ctx: Context): Declaration {
    const found = supplements.find(String(ctx['params'].namespace));
    if (!found || found.person === 'none') {
      throw new AppError('not_found', 'There is nothing at this address.');
    }
    return found;
  }

  function show(
    ctx: Context,
    { locale }: AccountVisit,
    declaration: Declaration,
    kept: StoredSupplement | undefined,
    refused?: Refused,
  ): void {
    const { namespace, title, schema, fields, person } = declaration;
    const { value = kept?.value ?? {}, faults = [], reason } = refused ?? {};
    const mayWrite = person === 'write';
    const isStale = reason === 'stale';
    const locals = {
      heading: plainText(sayIn(title, locale)),
      mayWrite,
      action: site.address(`${path}/${namespace}`),
      formToken: site.formToken(ctx),
      version: String(kept?.version ?? 0),
      fields: mayWrite ? showDetailFields({ fields, value, faults, locale }) : [],
      rows: mayWrite && !isStale ? [] : showValue(kept?.value ?? {}, schema, locale),
      isStale,
      isTooLarge: reason === 'too_large',
      hasProblems: reason === 'invalid',
    };
    site.render(ctx, accountDetailsView, locals, reason && statusOf[reason]);
  }

  router.get(
    `${path}/:namespace`,
    guard.shows(async (ctx, visit) => {
      const declaration = open(ctx);
      show(ctx, visit, declaration, await supplements.get(visit.user.id, declaration.namespace));
    }),
  );

  router.post(
    `${path}/:namespace`,
    unlimited('signedIn'),
    guard.takes(async (ctx, visit, form) => {
      const declaration = open(ctx);
      const { namespace, fields, person } = declaration;
      if (person !== 'write') throw new AppError('forbidden', 'This namespace is read-only.');
      const { user, actor } = visit;
      const kept = await supplements.get(user.id, namespace);
      const value = readTyped(fields, form.get, kept?.value);
      const expected = readVersion(form.get('version'));
      // Input from an outdated page must not be merged with the current value.
      const outcome =
        expected === (kept?.version ?? 0)
          ? await supplements.save({ userId: user.id, namespace, actor, expected, user }, value)
          : ({ ok: false, reason: 'stale' } as const);
      if (outcome.ok) {
        site.notify(ctx, 'account.notice.details_saved');
        return site.redirect(ctx, '/auth/account');
      }
      const now = outcome.reason === 'stale' ? await supplements.get(user.id, namespace) : kept;
      return show(ctx, visit, declaration, now, { value, ...outcome });
    }),
  );
}

/** Version 0 means that there was no value when the page was shown; -1 matches no version. */
function readVersion(text: string): number {
  return /^(?:0|[1-9]\d{0,8})$/.test(text) ? Number(text) : -1;
}
