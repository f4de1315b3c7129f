/**
 * Keys of the views. A page declares its view together with the type of the locals that the EJS file
 * uses, so that a page with a missing or wrong local does not compile.
 */
import type { MessageKey } from '#http/i18n/locales.ts';

/** Path of a view below `views/`, without extension; its name has a `.title` in `locales/`. */
type ViewPath = {
  readonly [Key in MessageKey]: Key extends `${infer Name}.title`
    ? Name | `${string}/${Name}`
    : never;
}[MessageKey];

/** The area of the site that a page belongs to, which determines the frame around it. */
export type Area = 'account' | 'admin';

export interface View<Locals extends object> {
  readonly path: string;
  /** The last part of the path. */
  readonly name: string;
  /** The title of the page, unless the page has another one. */
  readonly title: MessageKey;
  readonly area?: Area | undefined;
  /** Never set; it carries the type of the locals. */
  readonly locals?: Locals;
}

export function defineView<Locals extends object>(path: ViewPath): View<Locals> {
  const name = path.slice(path.lastIndexOf('/') + 1);
  // `ViewPath` accepts only names for which this key exists.
  return { path, name, title: `${name}.title` as MessageKey };
}

/** A page of the signed-in user, with the navigation of the account and success notices. */
export function defineAccountView<Locals extends object>(path: ViewPath): View<Locals> {
  return { ...defineView<Locals>(path), area: 'account' };
}

/** A page of the panel. Its texts are English, and its local `heading` is also the title (decision 0029). */
export function defineAdminView<Locals extends { readonly heading: string }>(
  path: `admin/${string}`,
): View<Locals> {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return { path, name, title: 'account.admin', area: 'admin' };
}

/** The locals of a page with one form. */
export interface FormLocals {
  readonly action: string;
  readonly formToken: string;
}
