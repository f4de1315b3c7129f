// Reads the personal data of a user for an export, page by page because lists can be long. Tables
// and columns are declared by each module (core/modules).
import {
  isKept,
  type ListedPart,
  type PersonalData,
  type TableRules,
} from '#core/modules/table-rules.ts';
import { jsonObject } from '#core/modules/export-lists.store.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';

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

export function createExportPartStore(db: Database, tables: readonly TableRules[]) {
  const parts = tables.flatMap(personalDataOf);
  const lists = listsByName(parts);
  const facts = parts.map((part) => part.facts ?? {});
  const signInMethods: Statement = {
    name: 'export_sign_in_methods',
    text: `select ${jsonObject(Object.assign({}, ...facts))} as entry`,
  };

  return {
    names: [...lists.keys()],
    /** Reads a page of the list, oldest entries first. */
    async page(name: string, userId: string, after: PartPlace | undefined): Promise<PartPage> {
      const found = lists.get(name);
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

function personalDataOf({ account }: TableRules): readonly PersonalData[] {
  return isKept(account) || isKept(account.personalData) ? [] : [account.personalData];
}

/** In alphabetical order, which is the order in the document. */
function listsByName(parts: readonly PersonalData[]): ReadonlyMap<string, ListedPart> {
  const lists = parts.flatMap(({ list }) => (list ? [list] : []));
  const sorted = lists.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  return new Map(sorted.map((list) => [list.name, list]));
}

/** Drops null members on the top level only; nested values of users and clients stay unchanged. */
function withoutNulls(entry: Record<string, unknown>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== null));
}
