// The refusal of a registration, with an error code of the protocol (RFC 7591 §3.2.2).

export type RegistrationErrorCode =
  | 'invalid_redirect_uri'
  | 'invalid_client_metadata'
  | 'invalid_software_statement'
  | 'unapproved_software_statement';

/** The message is shown to the developer of the client. */
export class RegistrationRefusal extends Error {
  override readonly name = 'RegistrationRefusal';
  readonly code: RegistrationErrorCode;

  constructor(code: RegistrationErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export function invalidMetadata(message: string): RegistrationRefusal {
  return new RegistrationRefusal('invalid_client_metadata', message);
}
