// A named statement, sent on a connection of pg. pg's own class has the server describe the columns of
// the result at every execution; here the server describes them once per connection. It refuses to
// execute a prepared statement whose columns have changed since, so that the description stays valid.
import type { Duplex } from 'node:stream';
import { types, type FieldDef, type Submittable } from 'pg';
import { prepareValue } from 'pg/lib/utils.js';
import type { Rows } from '#platform/database/contract.ts';
import type { Pending, Timeouts } from './timeouts.ts';

/** What pg passes to `submit`: the connection to a server, or to the embedded database. */
interface Wire {
  /** The texts of the statements that the server has parsed, by name; pg maintains it. */
  readonly parsedStatements: Readonly<Record<string, string>>;
  /** The embedded database has no socket. */
  readonly stream: Partial<Pick<Duplex, 'cork' | 'uncork'>>;
  parse(statement: { readonly name: string; readonly text: string }): void;
  describe(statement: { readonly type: 'S'; readonly name: string }): void;
  bind(portal: { readonly statement: string; readonly values: readonly unknown[] }): void;
  execute(): void;
  sync(): void;
}

interface Column {
  readonly name: string;
  readonly read: (text: string) => unknown;
}

type Columns = readonly Column[];

export interface NamedQuery {
  readonly name: string;
  readonly text: string;
  readonly values?: readonly unknown[];
}

/** What each connection has described: the columns by the name of the statement. */
const descriptions = new WeakMap<object, Map<string, Columns>>();

export interface Order {
  readonly query: NamedQuery;
  readonly timeouts: Timeouts;
  /** When to give up, as of `performance.now()`. */
  readonly dueAt: number;
  readonly callback: (error: unknown, result?: Rows<object>) => void;
}

/** pg calls the methods by the names that its own class has. */
export class PreparedStatement implements Submittable, Pending {
  readonly name: string;
  readonly text: string;
  readonly dueAt: number;
  place = -1;
  readonly #order: Order;
  readonly #rows: object[] = [];
  #described: Map<string, Columns> | undefined;
  #columns: Columns | undefined;
  #rowCount = 0;
  #failure: unknown;
  #isOver = false;

  constructor(order: Order) {
    this.name = order.query.name;
    this.text = order.query.text;
    this.dueAt = order.dueAt;
    this.#order = order;
    order.timeouts.watch(this);
  }

  /** Returns an error if it sent nothing. */
  submit(connection: object): unknown {
    const wire = connection as Wire; // The types of pg describe an older version of it.
    const { name, text } = this;
    const parsed = wire.parsedStatements[name];
    if (this.#isOver) return new Error('The statement is not awaited any more.');
    if (parsed !== undefined && parsed !== text) {
      return new Error(`Two statements have the name "${name}".`);
    }
    let values: readonly unknown[];
    try {
      values = this.#order.query.values?.map((value) => prepareValue(value)) ?? [];
    } catch (error) {
      return error;
    }
    this.#described = descriptionsOf(wire);
    this.#columns = this.#described.get(name);
    // One system call instead of one for each message.
    wire.stream.cork?.();
    if (parsed === undefined) wire.parse({ name, text });
    if (!this.#columns) wire.describe({ type: 'S', name });
    wire.bind({ statement: name, values });
    wire.execute();
    wire.sync();
    wire.stream.uncork?.();
    return undefined;
  }

  handleRowDescription({ fields }: { readonly fields: readonly FieldDef[] }): void {
    this.#columns = fields.map(({ name, dataTypeID }) => ({
      name,
      read: types.getTypeParser(dataTypeID, 'text'),
    }));
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    try {
      this.#rows.push(readRow(this.#columns ?? [], fields));
    } catch (error) {
      this.#failure ??= error;
    }
  }

  /** The text ends with the number of rows: `SELECT 1`, `INSERT 0 1`. */
  handleCommandComplete({ text }: { readonly text: string }): void {
    this.#rowCount = Number(text.slice(text.lastIndexOf(' ') + 1)) || 0;
  }

  handleReadyForQuery(): void {
    // A statement that returns no rows was described as having no columns.
    this.#described?.set(this.name, this.#columns ?? []);
    if (this.#failure === undefined) {
      this.#end(undefined, { rows: this.#rows, rowCount: this.#rowCount });
    } else this.#end(this.#failure);
  }

  handleError(error: unknown): void {
    this.#end(this.#failure ?? error);
  }

  /** The server did not answer in time. The connection is closed with whatever it still sends. */
  expire(): void {
    this.#end(new Error('Query read timeout'));
  }

  #end(error: unknown, result?: Rows<object>): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#order.timeouts.forget(this);
    this.#order.callback(error, result);
  }
}

function readRow(columns: Columns, fields: readonly (string | null)[]): object {
  const row: Record<string, unknown> = {};
  let index = 0;
  for (const { name, read } of columns) {
    const text = fields[index++] ?? null;
    row[name] = text === null ? null : read(text);
  }
  return row;
}

function descriptionsOf(wire: Wire): Map<string, Columns> {
  const known = descriptions.get(wire);
  if (known) return known;
  const created = new Map<string, Columns>();
  descriptions.set(wire, created);
  return created;
}
