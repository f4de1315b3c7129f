// Issuers of software statements that an operator trusts.
import type { JSONWebKeySet } from 'jose';

export interface StatementIssuer {
  /** The `iss` of its statements. */
  readonly issuer: string;
  readonly keys: StatementKeys;
  readonly description: string | undefined;
  readonly createdAt: Date;
}

/** Public keys, or their URL. */
export type StatementKeys = { readonly jwks: JSONWebKeySet } | { readonly jwksUri: string };

export const maxIssuerLength = 500;

/** Identifies an issuer in a path, where its URL cannot be a single segment. */
export function statementIssuerId(issuer: string): string {
  return Buffer.from(issuer).toString('base64url');
}

export function statementIssuerOfId(id: string): string {
  return Buffer.from(id, 'base64url').toString();
}

export function presentStatementIssuer({ issuer, keys, description, createdAt }: StatementIssuer) {
  return {
    issuer,
    jwks_uri: 'jwksUri' in keys ? keys.jwksUri : null,
    jwks: 'jwks' in keys ? { keys: keys.jwks.keys.map((key) => ({ ...key })) } : null,
    description: description ?? null,
    created_at: createdAt.toISOString(),
  };
}
