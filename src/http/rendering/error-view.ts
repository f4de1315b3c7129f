// The page for an error. It is rendered for errors of every origin, so it belongs to no feature.
import type { Locale } from '#http/i18n/languages.ts';
import { createTranslator, defaultLocale } from '#http/i18n/locales.ts';
import { defineView } from './view.ts';

export interface NextLink {
  readonly href: string;
  readonly label: string;
}

/** A page on which the user can always continue. */
export function homeLink(basePath: string, locale: Locale = defaultLocale): NextLink {
  return { href: `${basePath}/`, label: createTranslator(locale)('error.home') };
}

/** Advice for the developer of the client, in English, like all messages for developers. */
export interface DeveloperHint {
  readonly text: string;
  /** For example the registered redirect URIs. */
  readonly values: readonly string[];
  readonly command: string;
}

export interface ErrorLocals {
  readonly code: string;
  readonly message: string;
  readonly requestId: string;
  /** The invalid value as it was received, for example a redirect URI. */
  readonly detail?: string | undefined;
  readonly nextLink: NextLink;
  /** Set in development only. */
  readonly developerHint?: DeveloperHint | undefined;
}

export const errorView = defineView<ErrorLocals>('error');
