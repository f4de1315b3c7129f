// How a person proved who they are, in the words of the protocol.

/** `acr` of a sign-in with a password alone (OIDC Core 2). */
export const passwordAcr = 'urn:ostiary:acr:password';

export const supportedAcrValues = [passwordAcr] as const;

/** `amr` values (RFC 8176). */
export const passwordAmr = ['pwd'] as const;
