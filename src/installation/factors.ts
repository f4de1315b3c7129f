// Passkeys, second proofs of a sign-in, and the half of it that waits for one.
import type { Config } from '#platform/settings/config.ts';
import type { Keyring } from '#platform/secrets/encryption.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { Audit } from '#services/audit/audit.ts';
import type { Notices } from '#services/blocking/notices.ts';
import { createPasskeyChallenges } from '#services/factors/passkey-challenges.ts';
import { createPasskeySignIn } from '#services/factors/passkey-sign-in.ts';
import { createPasskeys } from '#services/factors/passkeys.ts';
import { createPendingSignIns } from '#services/factors/pending-sign-ins.ts';
import { createReauthentication } from '#services/factors/reauthentication.ts';
import { createSecondFactor } from '#services/factors/second-factor.ts';
import { createWebAuthn } from '#services/factors/webauthn.ts';
import type { StandingService } from '#services/standing/standing.ts';
import type { PasswordCredentialStore } from '#stores/accounts/password-credentials.ts';
import type { UserStore } from '#stores/accounts/users.ts';
import { createFactorFailureStore } from '#stores/factors/factor-failures.ts';
import type { PasskeyStore } from '#stores/factors/passkeys.ts';
import { createRecoveryCodeStore } from '#stores/factors/recovery-codes.ts';
import { createTotpStore } from '#stores/factors/totp-credentials.ts';
import type { ShortLivedStore } from '#stores/short-lived/short-lived.ts';

export interface FactorParts {
  readonly config: Pick<Config, 'issuerUrl' | 'productName' | 'passkeyOrigins'>;
  readonly db: Database;
  readonly shortLived: ShortLivedStore;
  readonly keyring: Keyring;
  readonly audit: Audit;
  readonly notices: Notices;
  readonly standing: StandingService;
  readonly users: UserStore;
  readonly credentials: PasswordCredentialStore;
  readonly passkeys: PasskeyStore;
  readonly now: () => Date;
}

export function wireFactors(parts: FactorParts) {
  const { config, db, shortLived, standing, now } = parts;
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
    pendingSignIns: createPendingSignIns({ store: shortLived, standing, now }),
    reauthentication: createReauthentication({ store: shortLived, secondFactor, passkeys, now }),
    secondFactor,
  };
}
