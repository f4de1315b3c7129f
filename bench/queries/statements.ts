// Records how often the `pg` client sends each named statement, and its longest time.
import { Client } from 'pg';
import type { Database } from '#platform/database/postgres.ts';
import { describeQuery, observe } from '#bench/observe.ts';

export interface Recorded {
  readonly name: string;
  readonly text: string;
  /** The time of the longest call. */
  readonly values: readonly unknown[];
  readonly calls: number;
  readonly longestMs: number;
  /** The page or route of the longest call. */
  readonly by: string;
}

export interface StatementRecorder {
  /** Assigns the following statements to this page or route. */
  attribute(name: string): void;
  /** The longest first. */
  list(): readonly Recorded[];
  clear(): void;
  stop(): void;
}

export function recordStatements(): StatementRecorder {
  let by = '';
  const recorded = new Map<string, Recorded>();

  function add(name: string, text: string, values: readonly unknown[], ms: number): void {
    const known = recorded.get(name);
    const calls = (known?.calls ?? 0) + 1;
    const isLonger = !known || ms > known.longestMs;
    recorded.set(
      name,
      isLonger ? { name, text, values, calls, longestMs: ms, by } : { ...known, calls },
    );
  }

  const stop = observe(Client.prototype, 'query', (_, args) => {
    const { name, text, values } = describeQuery(args[0]);
    const done = args.at(-1);
    if (name === undefined || typeof done !== 'function') return;
    const started = performance.now();
    args[args.length - 1] = (...results: unknown[]) => {
      add(name, text, values, performance.now() - started);
      Reflect.apply(done, undefined, results);
    };
  });
  return {
    attribute: (name) => void (by = name),
    list: () => [...recorded.values()].toSorted((a, b) => b.longestMs - a.longestMs),
    clear: () => recorded.clear(),
    stop,
  };
}

/**
 * A statement that begins with `with` may insert rows, too: repeating it with the same values would violate
 * their primary key, as `session_save_with_sign_in` would that of `audit_events`.
 */
export function writes(text: string): boolean {
  const change =
    /\binsert\s+into\b|\bdelete\s+from\b|\bupdate\s+[\w.]+(?:\s+(?:as\s+)?\w+)?\s+set\b/i;
  return change.test(text) || !/^\s*(?:select|with)\b/i.test(text);
}

/** The plan with which PostgreSQL runs the statement with its values, and what each step took. */
export async function explain(db: Database, { text, values }: Recorded): Promise<string> {
  if (writes(text)) return 'The statement writes data and is not repeated.';
  const { rows } = await db.run<{ 'QUERY PLAN': string }>(
    { name: '', text: `explain (analyze, costs off, buffers) ${text}` },
    values,
  );
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}
