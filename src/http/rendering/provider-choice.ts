// The identity providers that a page offers, as its view displays them.

export interface ProviderButton {
  readonly id: string;
  readonly name: string;
  readonly action: string;
  readonly logo: ProviderImage;
}

/** How a page shows the logo of a provider. */
export type ProviderImage =
  /** A symbol of public/providers.svg. */
  | { readonly symbol: string }
  /** An asset of this server. */
  | { readonly asset: string }
  /** A copy of the image that the provider serves (logo-address.ts). */
  | { readonly key: string };

/** The parameters of Google One Tap. */
export interface OneTap {
  readonly clientId: string;
  readonly nonce: string;
  readonly loginUri: string;
}

/** The identity providers offered on a sign-in or registration page. */
export interface ProviderChoice {
  readonly providers: readonly ProviderButton[];
  /** The `uid` of the interaction that the buttons continue. */
  readonly interaction?: string | undefined;
}
