// A process that stands in for an execution environment of AWS Lambda: loads a handler of the artifact and
// passes it the events that its parent sends, one at a time.
import { pathToFileURL } from 'node:url';

type Handler = (event: unknown, context: object) => Promise<unknown>;

export interface Invocation {
  readonly awsRequestId: string;
  readonly event: unknown;
}

export type Report =
  | { readonly startedInMilliseconds: number }
  | { readonly awsRequestId: string; readonly result: unknown }
  | { readonly awsRequestId: string; readonly error: string };

const [, , file = ''] = process.argv;
const timeoutMilliseconds = 60_000;
const startedAt = performance.now();
const { handler } = (await import(pathToFileURL(file).href)) as { handler: Handler };
report({ startedInMilliseconds: performance.now() - startedAt });

process.on('message', ({ awsRequestId, event }: Invocation) => {
  const until = Date.now() + timeoutMilliseconds;
  const context = { awsRequestId, getRemainingTimeInMillis: () => until - Date.now() };
  handler(event, context).then(
    (result) => report({ awsRequestId, result }),
    (error: unknown) => report({ awsRequestId, error: String(error) }),
  );
});

function report(message: Report): void {
  process.send?.(message);
}
