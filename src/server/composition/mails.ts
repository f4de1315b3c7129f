// The renderers of all mails, by capability.
import { revocationMails } from '#core/revocation/mails/revocation.mails.ts';
import { deletionMails } from '#features/account-deletion/account-deletion.mails.ts';
import { exportMails } from '#features/data-export/data-export.mails.ts';
import { emailSignInMails } from '#features/email-sign-in/email-sign-in.mails.ts';
import { registrationMails } from '#features/email-tokens/email-tokens.mails.ts';
import { verificationMails } from '#features/email-verification/email-verification.mails.ts';
import { federationMails } from '#features/federation/federation.mails.ts';
import { invitationMails } from '#features/invitations/invitations.mails.ts';
import { mfaMails } from '#features/mfa/mails/mfa.mails.ts';
import { passkeyMails } from '#features/passkeys/mails/passkeys.mails.ts';
import { passwordMails } from '#features/passwords/passwords.mails.ts';
import { recoveryMails } from '#features/recovery/recovery.mails.ts';
import { deviceMails } from '#features/unrecognized-devices/unrecognized-devices.mails.ts';
import type { MailRenderer } from '#http/rendering/mail-content.ts';

export const mails: readonly MailRenderer[] = [
  ...revocationMails,
  ...deviceMails,
  ...registrationMails,
  ...verificationMails,
  ...invitationMails,
  ...recoveryMails,
  ...passwordMails,
  ...emailSignInMails,
  ...mfaMails,
  ...passkeyMails,
  ...federationMails,
  ...exportMails,
  ...deletionMails,
];
