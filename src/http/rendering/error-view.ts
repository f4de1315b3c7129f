// The page for an error. It is rendered for errors of every origin, so it belongs to no feature.
import { defineView } from './view.ts';

export interface NextLink {
  readonly href: string;
  readonly label: string;
}

export interface ErrorLocals {
  readonly code: string;
  readonly message: string;
  readonly requestId: string;
  /** The invalid value as it was received, for example a redirect URI. */
  readonly detail?: string | undefined;
  readonly nextLink?: NextLink | undefined;
}

export const errorView = defineView<ErrorLocals>('error');
