// The places where this process waits for something: statements, Redis, other hosts, hashing. Each
// place reports its start and end once; metrics and traces subscribe here, so that the places know
// neither.

export interface Operation {
  readonly kind:
    | 'statement'
    | 'database_connection'
    | 'redis'
    | 'outbound'
    | 'mail'
    | 'password_hash'
    | 'signing';
  /** From the code, such as the name of a statement; never a value of a request. */
  readonly name: string;
}

/** Work of several operations outside of requests. */
export interface Group {
  readonly kind: 'job';
  /** From the code. */
  readonly name: string;
}

/** Reports that the work failed, for work that handles its errors. */
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
  /** For operations with a callback. Returns `undefined` if no observer is interested. */
  begin(operation: Operation): End | undefined;
  /** One runner at most; by default, a group is nothing but its work. */
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
