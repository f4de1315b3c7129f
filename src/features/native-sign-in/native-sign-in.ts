// A sign-in in the pages of an app (draft-ietf-oauth-first-party-apps): its methods, its limits, and its
// state between two requests.

/** The methods by which a request authenticates the user. */
export const methods = ['password', 'passkey', 'email', 'email_code', 'otp'] as const;
export type Method = (typeof methods)[number];

/** Maximum number of refused attempts, after which the sign-in ends. */
export const maxFailures = 5;

/** Time for the next request of the app; a user may have to find a mail and type its code. */
export const authSessionSeconds = 10 * 60;

/** A sign-in between two requests. */
export interface NativeSignIn {
  readonly clientId: string;
  /** Thumbprint of the key with which every request of this sign-in is signed. */
  readonly jkt: string;
  /** The interaction that continues the authorization request; never shown to the app. */
  readonly interactionId: string;
  readonly failures: number;
  /** Identifies the verified first factor, if the second one is pending. */
  readonly pending?: string | undefined;
  /** True if a code was sent by mail. */
  readonly isMailSent?: boolean | undefined;
}
