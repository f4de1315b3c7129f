// The view of the panel, its locals, and the frame around every page.
import { defineAdminView } from '#http/rendering/view.ts';
import type { ActionLink, Block, Link, RichText } from '#features/admin/page/page-model.ts';
import type { ShownNavigationGroup } from './navigation.pages.ts';

export interface AdminPageLocals {
  readonly heading: string;
  readonly lead?: string | undefined;
  readonly tags: readonly RichText[];
  readonly back?: Link | undefined;
  readonly actions: readonly ActionLink[];
  /** Those in a menu. */
  readonly moreActions: readonly ActionLink[];
  readonly blocks: readonly Block[];
  /** Facts beside the tables, where there is room for two columns. */
  readonly side: readonly Block[];
  /** Tables below them. */
  readonly below: readonly Block[];
  readonly notice?: string | undefined;
  readonly groups: readonly ShownNavigationGroup[];
  readonly adminHref: string;
  readonly user?: { readonly name: string; readonly isReadOnly: boolean } | undefined;
  readonly accountHref: string;
  readonly signOutHref: string;
}

export const adminPageView = defineAdminView<AdminPageLocals>('admin/admin-page');
