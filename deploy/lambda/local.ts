// Serves the functions over HTTP on this machine, without Docker: each request becomes an event, one at a
// time, and the background jobs run repeatedly. It must not be reachable from other machines.
//   npm run lambda:local [-- --artifact DIRECTORY]
// By default the handlers are those of the sources; --artifact takes the files of lambda:build.
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { readConfig } from '#config/config.ts';
import { openFunction } from '#server/serverless/function.ts';
import { createHttpHandler, type HttpHandler } from '#server/serverless/http-handler.ts';
import { createJobsHandler, type JobsHandler } from '#server/serverless/jobs-handler.ts';
import { sendResult, toEvent } from './local-gateway.ts';

interface Handlers {
  readonly http: HttpHandler;
  readonly jobs: JobsHandler;
}

/** The limits that an HTTP API sets for a function. */
const timeoutMilliseconds = 29_000;
const outboxMilliseconds = 2000;
/** The other jobs run once in this many rounds of the outbox. */
const roundsOfOthers = 30;

const { values } = parseArgs({ options: { artifact: { type: 'string' } } });
if (existsSync('.env')) process.loadEnvFile('.env');
const { issuer, port } = readConfig(process.env);
const handlers = await loadHandlers(values.artifact);
const inTurn = createTurns();
const server = createServer((req, res) => void answer(req, res));
server.listen(port, '127.0.0.1');
await once(server, 'listening');
void runJobs();
process.stdout.write(`The functions answer at ${issuer} (127.0.0.1:${port})\n`);
const { setupLink } = await handlers.jobs({ job: 'setup-link' }, context());
if (setupLink) process.stdout.write(`Make the first administrator (once): ${setupLink}\n`);

async function loadHandlers(artifact: string | undefined): Promise<Handlers> {
  if (artifact === undefined) {
    const environment = await openFunction(process.env);
    return {
      http: await createHttpHandler(environment),
      jobs: await createJobsHandler(environment),
    };
  }
  const load = async (name: string): Promise<unknown> => {
    const loaded: unknown = await import(pathToFileURL(resolve(artifact, name)).href);
    return Object(loaded).handler;
  };
  return {
    http: (await load('lambda.mjs')) as HttpHandler, // exported by src/lambda.ts
    jobs: (await load('lambda-jobs.mjs')) as JobsHandler, // exported by src/lambda-jobs.ts
  };
}

function context() {
  const until = Date.now() + timeoutMilliseconds;
  return {
    awsRequestId: randomUUID(),
    getRemainingTimeInMillis: () => until - Date.now(),
  };
}

async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
  try {
    const event = await toEvent(req);
    sendResult(await inTurn(() => handlers.http(event, context())), res);
  } catch (error) {
    process.stderr.write(`${String(error)}\n`);
    res.writeHead(500).end();
  }
}

/** An execution environment answers one request at a time. */
function createTurns() {
  let last: Promise<unknown> = Promise.resolve();
  return <Result>(work: () => Promise<Result>): Promise<Result> => {
    const own = last.then(work);
    last = own.catch(() => undefined);
    return own;
  };
}

async function runJobs(): Promise<void> {
  for (let round = 0; ; round += 1) {
    const job = round % roundsOfOthers === 0 ? '*' : 'outbox';
    // The handler has logged it; the next round tries again.
    await handlers.jobs({ job }, context()).catch(() => undefined);
    await pause(outboxMilliseconds);
  }
}
