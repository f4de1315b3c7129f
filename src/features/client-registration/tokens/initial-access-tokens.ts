// Initial access tokens: permission to register clients (RFC 7591 §3). An operator gives a token to a
// developer; only its hash is stored.

export interface InitialAccessToken {
  readonly id: string;
  readonly description: string | undefined;
  readonly maxUses: number;
  /** How many clients were registered with it. */
  readonly uses: number;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export interface RequestedToken {
  readonly description: string | undefined;
  readonly maxUses: number;
  readonly lifetimeSeconds: number;
}

export const maxTokenUses = 10_000;
export const defaultTokenSeconds = 7 * 24 * 60 * 60;
export const maxTokenSeconds = 365 * 24 * 60 * 60;

/** Prefixes by which people and secret scanners recognize the tokens. */
export const initialTokenPrefix = 'ost_iat_';
export const registrationTokenPrefix = 'ost_rat_';

export function presentInitialToken(token: InitialAccessToken) {
  return {
    id: token.id,
    description: token.description ?? null,
    max_uses: token.maxUses,
    uses: token.uses,
    created_at: token.createdAt.toISOString(),
    expires_at: token.expiresAt.toISOString(),
  };
}
