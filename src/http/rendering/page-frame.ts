// What the layout shows around a page of an area: the navigation, and the notice that the action
// before this page succeeded.
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
  /** Names the item in the views and in tests. */
  readonly id: string;
  readonly icon: IconName;
  readonly href: string;
  readonly label: string;
  readonly isCurrent: boolean;
}

export interface NavigationGroup {
  readonly id: string;
  /** The first group, with the overview alone, and the last one, which signs out, have no heading. */
  readonly label?: string | undefined;
  readonly items: readonly NavigationItem[];
}

/** The signed-in user, on top of the navigation. */
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
