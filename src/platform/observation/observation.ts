// Reports the operations that this process waits for: statements, Redis, other hosts, hashing. The code of
// each operation reports its start and end once; metrics and traces subscribe here, so that this code depends
// on neither.

export interface Operation {
  readonly kind:
    | 'statement'
    | 'database_connection'
    | 'redis'
    | 'outbound'
    | 'mail'
    | 'password_hash'
    | 'signing';
  /** A name from the code, such as that of a statement; never a value from a request. */
  readonly name: string;
}

/** A group of operations outside of requests, such as a job. */
export interface Group {
  readonly kind: 'job';
  /** A name from the code. */
  readonly name: string;
}

/** Reports a failure, for work that handles its own errors. */
export type NoteFailure = (error: unknown) => void;

export type GroupRunner = <Result>(
  group: Group,
  work: (noteFailure: NoteFailure) => Promise<Result>,
) => Promise<Result>;

/** Reports the end of an operation, with the error if it failed. */
export type End = (error?: unknown) => void;

/** Called at the start of each operation, in the asynchronous context of its caller. */
export type Observer = (operation: Operation) => End | undefined;

export interface Observation {
  subscribe(observer: Observer): void;
  /** For operations with a callback. Returns `undefined` if no observer wants to know the end. */
  begin(operation: Operation): End | undefined;
  /** At most one runner; without one, a group just runs its work. */
  runGroupsWith(runner: GroupRunner): void;
  readonly runGroup: GroupRunner;
  run<Result>(operation: Operation, work: () => Promise<Result>): Promise<Result>;
}

function both(first: End | undefined, second: End | undefined): End | undefined {
  if (!first || !second) return first ?? second;
  return (error) => {
    first(error);
    second(error);
  };
}

export function createObservation(): Observation {
  const observers: Observer[] = [];
  let runGroup: GroupRunner = (_group, work) => work(() => undefined);

  function begin(operation: Operation): End | undefined {
    let ends: End | undefined;
    for (const observe of observers) ends = both(ends, observe(operation));
    return ends;
  }

  return {
    subscribe: (observer) => void observers.push(observer),
    begin,
    runGroupsWith: (runner) => void (runGroup = runner),
    runGroup: (group, work) => runGroup(group, work),
    async run(operation, work) {
      const end = begin(operation);
      if (!end) return work();
      try {
        const result = await work();
        end();
        return result;
      } catch (error) {
        end(error);
        throw error;
      }
    },
  };
}
