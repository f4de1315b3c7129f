// Creates the services for passkeys, the second factor, pending MFA and reauthentication.
import type { Config } from '#config/config.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Notifications } from '#core/outbox/notifications.service.ts';
import { createPasskeyChallenges } from '#features/passkeys/passkey-challenges.service.ts';
import { createPasskeySignIn } from '#features/passkeys/passkey-sign-in.service.ts';
import { createPasskeys } from '#features/passkeys/passkeys.service.ts';
import { createPendingSignIns } from '#features/mfa/pending-mfa.service.ts';
import { createReauthentication } from '#features/reauthentication/reauthentication.service.ts';
import { createSecondFactor } from '#features/mfa/mfa.service.ts';
import { createWebAuthn } from '#features/passkeys/webauthn/webauthn.ts';
import type { SubjectStatusService } from '#core/subject-status/subject-status.service.ts';
import type { PasswordCredentialStore } from '#features/passwords/password-credentials.store.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { createFactorFailureStore } from '#features/mfa/mfa-failures.store.ts';
import type { PasskeyStore } from '#features/passkeys/passkeys.store.ts';
import { createRecoveryCodeStore } from '#features/mfa/recovery-codes.store.ts';
import { createTotpStore } from '#features/mfa/totp-credentials.store.ts';
import type { ShortLivedStore } from '#platform/short-lived/short-lived.ts';

export interface FactorParts {
  readonly config: Pick<Config, 'issuerUrl' | 'productName' | 'passkeyOrigins'>;
  readonly db: Database;
  readonly shortLived: ShortLivedStore;
  readonly keyring: Keyring;
  readonly audit: Audit;
  readonly notifications: Notifications;
  readonly subjectStatus: SubjectStatusService;
  readonly users: UserStore;
  readonly credentials: PasswordCredentialStore;
  readonly passkeys: PasskeyStore;
  readonly now: () => Date;
}

export function wireFactors(parts: FactorParts) {
  const { config, db, shortLived, subjectStatus, now } = parts;
  const { hostname, origin } = config.issuerUrl;
  const webauthn = createWebAuthn({
    rpId: hostname,
    rpName: config.productName,
    origins: [origin, ...config.passkeyOrigins],
  });
  const challenges = createPasskeyChallenges({ store: shortLived, now });
  const passkeyParts = { ...parts, store: parts.passkeys, challenges, webauthn };
  const passkeys = createPasskeys(passkeyParts);
  const secondFactor = createSecondFactor({
    ...parts,
    totp: createTotpStore(db),
    recoveryCodes: createRecoveryCodeStore(db),
    factorFailures: createFactorFailureStore(db),
  });
  return {
    passkeys,
    passkeySignIn: createPasskeySignIn(passkeyParts),
    pendingSignIns: createPendingSignIns({ store: shortLived, subjectStatus, now }),
    reauthentication: createReauthentication({ store: shortLived, secondFactor, passkeys, now }),
    secondFactor,
  };
}
