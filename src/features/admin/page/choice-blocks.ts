// Blocks for what to do next: steps, and choices.
import type { Logo } from './rich-text.ts';

/** Names of `public/admin-icons.svg`. */
export type AdminIcon =
  | 'overview'
  | 'users'
  | 'devices'
  | 'apps'
  | 'api'
  | 'audit'
  | 'key'
  | 'outbox'
  | 'settings'
  | 'start'
  | 'web'
  | 'browser'
  | 'phone'
  | 'service'
  | 'menu'
  | 'check'
  | 'account'
  | 'sign-out'
  | 'search'
  | 'group'
  | 'organization'
  | 'role'
  | 'webhook'
  | 'approval'
  | 'provider'
  | 'branding'
  | 'signal'
  | 'play';

export interface ChecklistBlock {
  readonly kind: 'checklist';
  readonly title: string;
  /**
   * True if the page has no other content: the steps are listed below each other, open ones with a button.
   */
  readonly isGuide?: boolean;
  readonly items: readonly {
    readonly id: string;
    readonly isDone: boolean;
    readonly label: string;
    readonly hint: string;
    readonly href: string;
    /** The text of the button. */
    readonly action: string;
  }[];
}

export interface ChoicesBlock {
  readonly kind: 'choices';
  /** What the choices have in common, if a page has several lists of them. */
  readonly title?: string;
  readonly hint?: string;
  readonly choices: readonly {
    readonly id: string;
    readonly label: string;
    readonly hint: string;
    readonly icon: AdminIcon;
    /** The label of a button that leads to the address, in place of a link. */
    readonly button?: string | undefined;
    /** Shown instead of the icon. */
    readonly logo?: Logo | undefined;
    readonly href: string;
  }[];
}
