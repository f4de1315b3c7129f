// Adds all pages that use email tokens.
import type Router from '@koa/router';
import type { ReauthenticationComponent } from '#features/reauthentication/component.pages.ts';
import type { EmailUndoing } from '#features/email-verification/email-change-revert.service.ts';
import { addEmailPages } from '#features/email-verification/email-change.pages.ts';
import {
  addInvitationPages,
  type InvitationPageDependencies,
} from '#features/invitations/invitation.pages.ts';
import {
  addMailSignInPages,
  type MailSignInPageDependencies,
} from '#features/email-sign-in/email-sign-in.pages.ts';
import {
  addRecoverPages,
  type RecoverPageDependencies,
} from '#features/recovery/password-reset.pages.ts';
import {
  addVerifyLinkPages,
  type VerifyLinkPageDependencies,
} from '#features/email-verification/verify-link.pages.ts';
import { addVerifyPages } from '#features/email-verification/verify-code.pages.ts';

export interface EmailTokenPageDependencies
  extends
    VerifyLinkPageDependencies,
    RecoverPageDependencies,
    InvitationPageDependencies,
    MailSignInPageDependencies {
  /** False: sign-in by mail is disabled. */
  readonly mailSignsIn: boolean;
  readonly emailUndoing: EmailUndoing;
  readonly component: ReauthenticationComponent;
}

export function addEmailTokenPages(router: Router, dependencies: EmailTokenPageDependencies): void {
  addVerifyPages(router, dependencies);
  addVerifyLinkPages(router, dependencies);
  addRecoverPages(router, dependencies);
  if (dependencies.mailSignsIn) addMailSignInPages(router, dependencies);
  addInvitationPages(router, dependencies);
  addEmailPages(router, { ...dependencies, undoing: dependencies.emailUndoing });
}
