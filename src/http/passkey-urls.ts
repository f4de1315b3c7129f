// Target URLs of the passkey buttons, as pages display them. The passkeys feature provides them.

/** The URLs from which the script fetches a challenge and to which the form posts the response. */
export interface PasskeyUrl {
  readonly action: string;
  readonly optionsAction: string;
}

export interface PasskeyUrls {
  /** On a sign-in page; `uid` is that of the interaction, if there is one. */
  first(uid?: string): PasskeyUrl;
  /** After the password; `undefined`: the user has no passkey. */
  second(userId: string, uid?: string): Promise<PasskeyUrl | undefined>;
}
