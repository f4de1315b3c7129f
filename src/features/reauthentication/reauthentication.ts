// Rules of reauthentication: what a signed-in user has to verify before a sensitive action. Asking
// for it and verifying it is done by the service and the pages.
import { hasSecondFactor, type Recency } from '#core/sessions/authentication.ts';

/**
 * How long reauthentication is valid, in seconds: enough for one task, too short to help the holder
 * of a stolen cookie.
 */
export const reauthenticationSeconds = 5 * 60;

/**
 * How long after a password reset the account is treated as one without passkeys, in seconds, so
 * that a user who has lost a passkey can add another. The reset has verified the mailbox, and the
 * user has signed in with the new password.
 */
export const recoveredSeconds = 15 * 60;

/** The authentication factors of an account. */
export interface AccountFactors {
  readonly hasPassword: boolean;
  /** True: TOTP is enabled. */
  readonly hasCodes: boolean;
  readonly passkeys: number;
  /** True: the password was reset by mail within the last minutes. */
  readonly isRecovered: boolean;
  /** Linked identities of providers that are configured at present. */
  readonly identities: number;
}

export interface RecentProof {
  /** Authentication methods (RFC 8176). */
  readonly amr: readonly string[];
  /** When the proof was given. */
  readonly at: Date;
  readonly from: 'sign_in' | 'reauthentication';
}

/** `required`: no other method is accepted. `alternative`: may replace the fields of the form. */
type Way = 'required' | 'alternative' | undefined;

export interface Requirement {
  /** Entered in the form of the action. */
  readonly password: boolean;
  readonly code: boolean;
  readonly passkey: Way;
  readonly provider: Way;
  /** What has already been verified and counts. */
  readonly counted: RecentProof | undefined;
}

/**
 * The strongest factor of the account is required: a password alone may have been stolen along with
 * a cookie.
 */
export function ownsSecondFactor({ hasCodes, passkeys, isRecovered }: AccountFactors): boolean {
  return hasCodes || (passkeys > 0 && !isRecovered);
}

/** What still has to be verified for an action; nothing if no member requires anything. */
export function requirementFor(
  factors: AccountFactors,
  recency: Recency,
  recent: RecentProof | undefined,
): Requirement {
  const { hasPassword, hasCodes, passkeys, identities } = factors;
  const counted = recency !== 'recent' && recent?.from === 'sign_in' ? undefined : recent;
  const isStrong = ownsSecondFactor(factors);
  const lacksSecond = isStrong && !(counted && hasSecondFactor(counted.amr));
  const isEnough = counted !== undefined && !lacksSecond;
  const canType = hasCodes || !isStrong;
  const password = hasPassword && (recency === 'now' || (!isEnough && canType));
  return {
    password,
    code: hasCodes && lacksSecond,
    passkey: lacksSecond && passkeys > 0 ? (hasCodes ? 'alternative' : 'required') : undefined,
    provider: isStrong || isEnough ? undefined : providerWay(hasPassword, identities, recency),
    counted,
  };
}

function providerWay(hasPassword: boolean, identities: number, recency: Recency): Way {
  if (!hasPassword) return 'required';
  return identities > 0 && recency !== 'now' ? 'alternative' : undefined;
}

/** True: the requirement can be met in the form of the action itself. */
export function canBeTyped({ passkey, provider }: Requirement): boolean {
  return passkey !== 'required' && provider !== 'required';
}

export function isProven({ password, code, passkey, provider }: Requirement): boolean {
  return !password && !code && passkey === undefined && provider !== 'required';
}
