// Reads software statements (RFC 7591 §2.3): client metadata signed by an issuer that an operator trusts.
import { decodeJwt, errors as joseErrors, jwtVerify } from 'jose';
import type { StatementIssuers } from './statement-issuers.service.ts';
import { RegistrationRefusal } from '#features/client-registration/registration-refusal.ts';

export interface SoftwareStatementDependencies {
  readonly statementIssuers: Pick<StatementIssuers, 'findKeys'>;
  readonly now: () => Date;
}

export interface SoftwareStatement {
  /** The statement as received. */
  readonly text: string;
  /** The client metadata in it. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Claims about the statement itself. */
const statementClaims: ReadonlySet<string> = new Set([
  'iss',
  'sub',
  'aud',
  'exp',
  'nbf',
  'iat',
  'jti',
]);
/** Asymmetric algorithms only: there is no shared secret with an issuer. */
const algorithms = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'];

export function createSoftwareStatements({ statementIssuers, now }: SoftwareStatementDependencies) {
  return {
    /** @throws RegistrationRefusal */
    async read(statement: unknown): Promise<SoftwareStatement> {
      const text = typeof statement === 'string' ? statement : '';
      const issuer = issuerOf(text);
      const keys = issuer === undefined ? undefined : await statementIssuers.findKeys(issuer);
      if (!keys) {
        const message = 'The issuer of the software statement is not trusted by this server.';
        throw new RegistrationRefusal('unapproved_software_statement', message);
      }
      try {
        const options = { algorithms, currentDate: now() };
        const { payload } = await jwtVerify(text, keys, options);
        const claims = Object.entries(payload).filter(([name]) => !statementClaims.has(name));
        return { text, claims: Object.fromEntries(claims) };
      } catch (error) {
        if (!(error instanceof joseErrors.JOSEError)) throw error;
        throw invalid(error);
      }
    },
  };
}

export type SoftwareStatements = ReturnType<typeof createSoftwareStatements>;

/** @throws RegistrationRefusal if the text is no JWT */
function issuerOf(text: string): string | undefined {
  try {
    return decodeJwt(text).iss;
  } catch (error) {
    throw invalid(error);
  }
}

function invalid(cause: unknown): RegistrationRefusal {
  const message = 'The software statement is not a valid JWT of its issuer.';
  return new RegistrationRefusal('invalid_software_statement', message, { cause });
}
