// A sign-in in the pages of an app (draft-ietf-oauth-first-party-apps): its methods, its limits, and its
// state between two requests.

/** How a request proves who the user is. */
export const methods = ['password', 'passkey', 'email', 'email_code', 'otp'] as const;
export type Method = (typeof methods)[number];

/** Refused attempts after which a sign-in ends. */
export const maxFailures = 5;

/** How long the app has for its next request; a user has to find a mail and to type its code. */
export const authSessionSeconds = 10 * 60;

/** A sign-in between two requests. */
export interface NativeSignIn {
  readonly clientId: string;
  /** Thumbprint of the key with which every request of this sign-in is signed. */
  readonly jkt: string;
  /** The interaction that continues the authorization request; never shown to the app. */
  readonly interactionId: string;
  readonly failures: number;
  /** Identifies the first factor, if the second one is pending. */
  readonly pending?: string | undefined;
  /** True if a code was sent by mail. */
  readonly isMailSent?: boolean | undefined;
}
