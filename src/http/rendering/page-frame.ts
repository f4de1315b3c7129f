// The frame of a page in an area: the navigation, and a notice that the previous action succeeded.
import type { MessageKey } from '#http/i18n/locales.ts';

/** Names of `public/icons.svg`. */
export type IconName =
  | 'activity'
  | 'app'
  | 'apps'
  | 'computer'
  | 'delete'
  | 'details'
  | 'devices'
  | 'download'
  | 'email'
  | 'home'
  | 'link'
  | 'passkey'
  | 'password'
  | 'phone'
  | 'profile'
  | 'program'
  | 'shield'
  | 'sign-in'
  | 'sign-out'
  | 'switch'
  | 'tablet'
  | 'warning';

export interface NavigationItem {
  /** Identifies the item in views and tests. */
  readonly id: string;
  readonly icon: IconName;
  readonly href: string;
  readonly label: string;
  readonly isCurrent: boolean;
}

export interface NavigationGroup {
  readonly id: string;
  /** Absent for the first group, which contains only the overview, and the last one, which signs out. */
  readonly label?: string | undefined;
  readonly items: readonly NavigationItem[];
}

/** The signed-in user, at the top of the navigation. */
export interface FramedUser {
  /** The email address if there is no name. */
  readonly name: string;
  readonly email: string;
  readonly pictureHref?: string | undefined;
}

export interface PageFrame {
  readonly user?: FramedUser | undefined;
  readonly navigation?: readonly NavigationGroup[] | undefined;
  readonly notice?: MessageKey | undefined;
}
