// The security check-up of the overview: what the account lacks, most important first.

export interface CheckedAccount {
  readonly emailVerified: boolean;
  readonly hasPassword: boolean;
  readonly passkeys: number;
  readonly linkedAccounts: number;
  readonly hasSecondFactor: boolean;
  readonly recoveryCodesLeft: number;
}

export type SecurityAdvice = 'email' | 'factor' | 'recovery' | 'passkey';

/** With fewer unused codes, a user who loses the phone may soon be locked out. */
const fewRecoveryCodes = 3;

export function checkSecurity(account: CheckedAccount): readonly SecurityAdvice[] {
  const { emailVerified, hasPassword, passkeys, linkedAccounts } = account;
  const { hasSecondFactor, recoveryCodesLeft } = account;
  const isPasswordAlone = hasPassword && passkeys === 0 && !hasSecondFactor;
  const hasOnePasskeyOnly = !hasPassword && passkeys === 1 && linkedAccounts === 0;
  const missing: readonly (readonly [SecurityAdvice, boolean])[] = [
    ['email', !emailVerified],
    ['factor', isPasswordAlone],
    ['recovery', hasSecondFactor && recoveryCodesLeft < fewRecoveryCodes],
    ['passkey', hasOnePasskeyOnly],
  ];
  return missing.filter(([, isMissing]) => isMissing).map(([advice]) => advice);
}
