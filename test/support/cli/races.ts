// Commands of an operator that run while nodes answer requests, and their order.
import type { Knex } from 'knex';
import type { Answer, Login } from '#test/support/actors/relying-party.ts';
import type { Ran } from './shell.ts';

/** How long a node may respond from its cache. */
export const cacheMilliseconds = 1000;

/** Locks these rows; for `inLine`. */
export function rowOf(table: string, where: Readonly<Record<string, string>>) {
  return (tx: Knex): Promise<unknown> => tx(table).where(where).forUpdate().select();
}

export function exitCodes(ran: readonly Ran[]): readonly number[] {
  return ran.map(({ exitCode }) => exitCode ?? 1).toSorted((a, b) => a - b);
}

/** The tokens of each login, or those that replaced them. */
export function latestTokens(logins: readonly Login[], answers: readonly Answer[]) {
  return logins.map((login, turn) => {
    const { refresh_token: next, access_token: access } = answers[turn]?.body ?? {};
    return {
      refreshToken: typeof next === 'string' ? next : login.refreshToken,
      accessToken: typeof access === 'string' ? access : login.accessToken,
    };
  });
}
