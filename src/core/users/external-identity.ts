// The identity of a user at an identity provider, in the form in which it is kept until it is linked to an
// account.

/** The identity that an identity provider has just authenticated. */
export interface ProvenIdentity {
  readonly providerId: string;
  readonly issuer: string;
  readonly subject: string;
  readonly email: string | undefined;
  /** True if the provider is authoritative for the mailbox and reports the address as verified. */
  readonly emailTrusted: boolean;
  readonly name: string | undefined;
  /**
   * Time of the authentication (`auth_time`), or of the response if the provider does not report
   * it.
   */
  readonly at: Date;
}

export interface PendingIdentity extends ProvenIdentity {
  /** Time at which the response of the provider arrived. */
  readonly provenAt: Date;
}

/** Reads an identity from a stored upstream request or from the email token of a registration. */
export function readProvenIdentity(entry: Readonly<Record<string, unknown>>): PendingIdentity {
  const text = (name: string) => (typeof entry[name] === 'string' ? entry[name] : undefined);
  return {
    providerId: text('providerId') ?? '',
    issuer: text('issuer') ?? '',
    subject: text('subject') ?? '',
    email: text('email'),
    emailTrusted: entry['emailTrusted'] === true,
    name: text('name'),
    at: new Date(Number(entry['at'])),
    provenAt: new Date(Number(entry['provenAt'] ?? entry['at'])),
  };
}
