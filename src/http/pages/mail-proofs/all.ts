// All pages that prove a mailbox, in one place for app.ts.
import type Router from '@koa/router';
import type { ReauthenticationComponent } from '#http/pages/account/reauthentication/component.ts';
import type { EmailUndoing } from '#services/mail-proofs/email-undoing.ts';
import { addEmailPages } from './email.ts';
import { addInvitationPages, type InvitationPageDependencies } from './invitation.ts';
import { addMailSignInPages, type MailSignInPageDependencies } from './mail-sign-in.ts';
import { addRecoverPages, type RecoverPageDependencies } from './recover.ts';
import { addVerifyLinkPages, type VerifyLinkPageDependencies } from './verify-link.ts';
import { addVerifyPages } from './verify.ts';

export interface MailProofPageDependencies
  extends
    VerifyLinkPageDependencies,
    RecoverPageDependencies,
    InvitationPageDependencies,
    MailSignInPageDependencies {
  /** False: nobody signs in by mail alone. */
  readonly mailSignsIn: boolean;
  readonly emailUndoing: EmailUndoing;
  readonly component: ReauthenticationComponent;
}

export function addMailProofPages(router: Router, dependencies: MailProofPageDependencies): void {
  addVerifyPages(router, dependencies);
  addVerifyLinkPages(router, dependencies);
  addRecoverPages(router, dependencies);
  if (dependencies.mailSignsIn) addMailSignInPages(router, dependencies);
  addInvitationPages(router, dependencies);
  addEmailPages(router, { ...dependencies, undoing: dependencies.emailUndoing });
}
