// Parameters of paths: their formats, and the error for an unknown resource. A value in the wrong
// format cannot be the id of a resource, so it is reported as not found.
import { clientIdOfSegment } from '#core/clients/administration/client-path.ts';
import { AppError, type ErrorCode } from '#platform/errors.ts';

export interface PathParameter {
  readonly pattern: RegExp;
  readonly notFound: { readonly code: ErrorCode; readonly message: string };
  /** Decodes the segment; by default, the value is the segment itself. */
  readonly decode?: (segment: string) => string;
  /** For the documentation; by default a UUID. */
  readonly example?: string;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** The format that oidc-provider generates. */
const random = /^[\w-]{16,64}$/;

export const userId: PathParameter = {
  pattern: uuid,
  notFound: { code: 'user_not_found', message: 'User not found.' },
};

export const identityId: PathParameter = {
  pattern: uuid,
  notFound: { code: 'not_found', message: 'Linked account not found.' },
};

export const sessionUid: PathParameter = {
  example: 'kQ2T9wJ4rB0oSYo3n1pMQ',
  pattern: random,
  notFound: { code: 'not_found', message: 'Session not found.' },
};

export const grantId: PathParameter = {
  example: 'rB0oSYo3n1pMQJ2Xy7h4m',
  pattern: random,
  notFound: { code: 'not_found', message: 'Grant not found.' },
};

export const familyId: PathParameter = {
  pattern: uuid,
  notFound: { code: 'not_found', message: 'Refresh token family not found.' },
};

export const clientId: PathParameter = {
  example: 's6BhdRkqt3',
  decode: clientIdOfSegment,
  pattern: /^[\x20-\x7e]{1,255}$/,
  notFound: { code: 'client_not_found', message: 'Client not found.' },
};

/** The error for a resource that does not exist. */
export function notFound({ notFound: { code, message } }: PathParameter): AppError {
  return new AppError(code, message);
}
