// The name of the cookie of the active session, which oidc-provider sets and reads.

export function sessionCookieName({ issuerUrl }: { readonly issuerUrl: URL }): string {
  return issuerUrl.protocol === 'https:' ? '__Host-ostiary' : 'ostiary';
}
