// The environment that a database belongs to, such as production or staging. It is recorded by the
// first process that migrates the database; a process of another environment must not use it.
import type { Knex } from 'knex';
import { AppError } from '#platform/errors.ts';

/** Returns `undefined` if none is recorded, or if the database does not have the table yet. */
export async function readEnvironment(knex: Knex): Promise<string | undefined> {
  const { rows: found }: { rows: { known: boolean }[] } = await knex.raw(
    `select to_regclass('installation') is not null as known`,
  );
  if (found[0]?.known !== true) return undefined;
  const { rows }: { rows: { environment: string | null }[] } = await knex.raw(
    'select environment from installation',
  );
  return rows[0]?.environment ?? undefined;
}

/** @throws AppError `conflict` when the database belongs to another environment */
export async function refuseOtherEnvironment(own: string, knex: Knex): Promise<void> {
  const recorded = await readEnvironment(knex);
  if (recorded === undefined || recorded === own) return;
  throw new AppError(
    'conflict',
    `This database belongs to the environment "${recorded}", and ENVIRONMENT is "${own}". Correct ` +
      'DATABASE_URL or ENVIRONMENT. If the database has moved on purpose, run "ostiary database ' +
      `environment ${own} --from ${recorded}".`,
  );
}

/** Records the environment of a database that has none. */
export async function claimEnvironment(own: string, knex: Knex): Promise<void> {
  if ((await readEnvironment(knex)) !== undefined) return;
  await knex.raw('update installation set environment = ? where environment is null', [own]);
}

/** Returns false unless the database belongs to the environment `from`. */
export async function replaceEnvironment(
  { from, to }: { readonly from: string; readonly to: string },
  knex: Knex,
): Promise<boolean> {
  const changed: unknown[] = await knex('installation')
    .where({ environment: from })
    .update({ environment: to })
    .returning('environment');
  return changed.length === 1;
}
