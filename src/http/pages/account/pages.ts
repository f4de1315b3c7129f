// The pages of a person's own account, all behind one door.
import type Router from '@koa/router';
import { addActivityPages, type ActivityPageDependencies } from './activity.ts';
import { addAppPages, type AppPageDependencies } from './apps.ts';
import { addCodePages, type CodePageDependencies } from './codes.ts';
import { addDetailPages, type DetailPageDependencies } from './data/details.ts';
import { addExportPages, type ExportPageDependencies } from './data/export.ts';
import { addDeletionPages, type DeletionPageDependencies } from './deletion.ts';
import { addLinkedPages, type LinkedPageDependencies } from './linked.ts';
import { addPasskeyPages, type PasskeyPageDependencies } from './passkeys.ts';
import { addPasswordPages, type PasswordPageDependencies } from './password.ts';
import { addProfilePages, type ProfilePageDependencies } from './profile.ts';
import { addSessionPages, type SessionPageDependencies } from './sessions.ts';
import {
  addReauthenticationPages,
  type ReauthenticationPageDependencies,
} from './reauthentication/pages.ts';
import { createAccountDoor } from './signed-in.ts';

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
  'door'
>;

export function addPagesOfAccount(router: Router, dependencies: PagesOfAccountDependencies): void {
  const parts = { ...dependencies, door: createAccountDoor(dependencies.own) };
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
