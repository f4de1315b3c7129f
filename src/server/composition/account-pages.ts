// Adds the account pages, all of which require a signed-in user.
import type Router from '@koa/router';
import {
  addActivityPages,
  type ActivityPageDependencies,
} from '#features/account/activity.pages.ts';
import {
  addAppPages,
  type AppPageDependencies,
} from '#features/connected-apps/connected-apps.pages.ts';
import { addCodePages, type CodePageDependencies } from '#features/mfa/authenticator-app.pages.ts';
import {
  addDetailPages,
  type DetailPageDependencies,
} from '#features/custom-attributes/custom-attributes.pages.ts';
import {
  addExportPages,
  type ExportPageDependencies,
} from '#features/data-export/data-export.pages.ts';
import {
  addDeletionPages,
  type DeletionPageDependencies,
} from '#features/account-deletion/account-deletion.pages.ts';
import {
  addLinkedPages,
  type LinkedPageDependencies,
} from '#features/federation/pages/linked-accounts.pages.ts';
import {
  addPasskeyPages,
  type PasskeyPageDependencies,
} from '#features/passkeys/passkeys.pages.ts';
import {
  addPasswordPages,
  type PasswordPageDependencies,
} from '#features/password-change/password-change.pages.ts';
import { addProfilePages, type ProfilePageDependencies } from '#features/profile/profile.pages.ts';
import { addSessionPages, type SessionPageDependencies } from '#features/account/sessions.pages.ts';
import {
  addReauthenticationPages,
  type ReauthenticationPageDependencies,
} from '#features/reauthentication/reauthentication.pages.ts';
import { createSessionGuard } from '#features/account/account-session.pages.ts';

export type PagesOfAccountDependencies = Omit<
  ActivityPageDependencies &
    AppPageDependencies &
    CodePageDependencies &
    DeletionPageDependencies &
    LinkedPageDependencies &
    DetailPageDependencies &
    ExportPageDependencies &
    PasskeyPageDependencies &
    PasswordPageDependencies &
    ProfilePageDependencies &
    ReauthenticationPageDependencies &
    SessionPageDependencies,
  'guard'
>;

export function addPagesOfAccount(router: Router, dependencies: PagesOfAccountDependencies): void {
  const parts = { ...dependencies, guard: createSessionGuard(dependencies.site) };
  addReauthenticationPages(router, parts);
  addProfilePages(router, parts);
  addPasswordPages(router, parts);
  addPasskeyPages(router, parts);
  addLinkedPages(router, parts);
  addCodePages(router, parts);
  addSessionPages(router, parts);
  addAppPages(router, parts);
  addActivityPages(router, parts);
  addDetailPages(router, parts);
  addExportPages(router, parts);
  addDeletionPages(router, parts);
}
