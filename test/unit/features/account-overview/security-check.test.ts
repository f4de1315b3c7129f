import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkSecurity, type CheckedAccount } from '#features/account-overview/security-check.ts';

const secure: CheckedAccount = {
  emailVerified: true,
  hasPassword: true,
  passkeys: 1,
  linkedAccounts: 0,
  hasSecondFactor: true,
  recoveryCodesLeft: 10,
};

describe('checkSecurity', () => {
  it('has no advice for an account with a passkey or a second factor', () => {
    assert.deepEqual(checkSecurity(secure), []);
    assert.deepEqual(checkSecurity({ ...secure, passkeys: 0 }), []);
    assert.deepEqual(
      checkSecurity({ ...secure, hasSecondFactor: false, recoveryCodesLeft: 0 }),
      [],
    );
  });

  it('advises to confirm the email address and to protect a password, in this order', () => {
    const bare = { ...secure, emailVerified: false, passkeys: 0, hasSecondFactor: false };

    assert.deepEqual(checkSecurity(bare), ['email', 'factor']);
  });

  it('advises to generate recovery codes when fewer than three are left', () => {
    assert.deepEqual(checkSecurity({ ...secure, recoveryCodesLeft: 3 }), []);
    assert.deepEqual(checkSecurity({ ...secure, recoveryCodesLeft: 2 }), ['recovery']);
  });

  it('advises a second passkey when one passkey is the only sign-in method', () => {
    const alone = { ...secure, hasPassword: false, hasSecondFactor: false };

    assert.deepEqual(checkSecurity(alone), ['passkey']);
    assert.deepEqual(checkSecurity({ ...alone, linkedAccounts: 1 }), []);
  });
});
