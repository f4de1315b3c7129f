// Checks that another product works as docs/performance.md states: algorithm, lifetime, single use of refresh
// tokens.
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { accessTokenSeconds } from '#bench/load/entrants.ts';
import { isJwt } from '#bench/load/requests.ts';
import type { TokenKind } from '#bench/load/flow.ts';
import type { PeerUsers } from './clients.ts';

/** @throws Error that names what differs */
export async function checkTerms(users: PeerUsers, kind: TokenKind): Promise<void> {
  const party = users.parties[kind];
  const callback = await users.authorize(party, await party.request(users.parameters), 0);
  const issued = await party.tryExchange(callback);
  demand(issued.status === 200, `tokens: ${issued.text}`);
  checkTokens(issued.body, kind);
  const first = String(issued.body['refresh_token']);
  const refreshed = await party.tryRefresh(first);
  demand(refreshed.status === 200, `a new access token: ${refreshed.text}`);
  checkTokens(refreshed.body, kind);
  const again = await party.tryRefresh(first);
  demand(again.body['error'] === 'invalid_grant', 'that a refresh token is used once');
}

type Members = Readonly<Record<string, unknown>>;

/** Checks the tokens in a response of the token endpoint. */
export function checkTokens({ access_token, id_token, expires_in }: Members, kind: TokenKind) {
  demand(isEs256(id_token), 'an ID token with ES256');
  demand(isJwt(access_token) === (kind === 'jwt'), `an access token that is ${kind}`);
  demand(kind === 'opaque' || isEs256(access_token), 'an access token with ES256');
  // Some servers return the remaining lifetime, which may be a second less.
  const isAsLong = Math.abs(Number(expires_in) - accessTokenSeconds) <= 1;
  demand(isAsLong, `${accessTokenSeconds} s of lifetime`);
  if (kind !== 'jwt') return;
  const { iat = 0, exp = 0 } = decodeJwt(String(access_token));
  demand(Math.abs(exp - iat - accessTokenSeconds) <= 1, `${accessTokenSeconds} s of lifetime`);
}

function isEs256(token: unknown): boolean {
  return isJwt(token) && decodeProtectedHeader(String(token)).alg === 'ES256';
}

function demand(isRight: boolean, what: string): void {
  if (!isRight) throw new Error(`Another product does not work as configured: expected ${what}.`);
}
