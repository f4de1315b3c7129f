// Reads the personal data of a user for an export, page by page because lists can be long. The
// tables and columns are defined in export-part-list.store.ts.
import type { Database, Statement } from '#platform/database/postgres.ts';
import { exportParts, signInMethodsText } from './export-part-list.store.ts';

export interface PartPlace {
  readonly at: string;
  readonly id: string;
}

export interface PartPage {
  readonly entries: readonly Readonly<Record<string, unknown>>[];
  /** `undefined` on the last page. */
  readonly next: PartPlace | undefined;
}

/** Rows per statement, which bounds the memory in use. */
const pageRows = 200;

const signInMethods: Statement = { name: 'export_ways_in', text: signInMethodsText };

export function createExportPartStore(db: Database) {
  return {
    names: exportParts.map(({ name }) => name),
    /** Reads a page of the list, oldest entries first. */
    async page(name: string, userId: string, after: PartPlace | undefined): Promise<PartPage> {
      const found = exportParts.find((each) => each.name === name);
      if (!found) throw new TypeError(`unknown export part ${name}`);
      const statement = { name: `export_part_${name}`, text: found.text };
      type Row = { at: string; id: string; entry: Record<string, unknown> };
      const values = [userId, after?.at ?? null, after?.id ?? null, pageRows];
      const { rows } = await db.run<Row>(statement, values);
      const last = rows.length === pageRows ? rows.at(-1) : undefined;
      return {
        entries: rows.map(({ entry }) => withoutNulls(entry)),
        next: last && { at: last.at, id: last.id },
      };
    },
    /** Reads the part that is not a list: sign-in methods and accepted terms. */
    async once(userId: string): Promise<Readonly<Record<string, unknown>>> {
      type Row = { entry: Record<string, unknown> };
      return withoutNulls((await db.run<Row>(signInMethods, [userId])).rows[0]?.entry ?? {});
    },
  };
}

export type ExportPartStore = ReturnType<typeof createExportPartStore>;

/** Drops null members on the top level only; nested values of users and clients stay unchanged. */
function withoutNulls(entry: Record<string, unknown>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== null));
}
