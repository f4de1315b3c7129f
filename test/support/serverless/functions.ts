// The built functions in separate processes, on a new database. Tests invoke them with event documents, as
// the platform does.
import { fork, spawnSync, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { arch } from 'node:process';
import { join } from 'node:path';
import type { Environment } from '#config/config.ts';
import { killAtExit } from '#test/support/services/kill-at-exit.ts';
import { createDirectory, type CleanUp } from '#test/support/services/databases.ts';
import type { Send } from '#test/support/actors/http-client.ts';
import type { GatewayResult } from '#server/serverless/gateway-events.ts';
import { eventFor, responseOf, type Gateway } from './event-documents.ts';
import type { Report } from './execution-environment.ts';

const root = join(import.meta.dirname, '../../..');

export interface Artifact {
  /** Outside the project, so that nothing but the artifact is found. */
  readonly directory: string;
  readonly summary: string;
}

/** Builds the functions for this machine. */
export async function buildArtifact(t: CleanUp): Promise<Artifact> {
  const directory = join(await createDirectory(t), 'lambda');
  const architecture = arch === 'arm64' ? 'arm64' : 'x86_64';
  const options = ['--out', directory, '--architecture', architecture];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'deploy/lambda/build.ts'), ...options],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`The functions could not be built:\n${stderr}`);
  return { directory, summary: stdout.trim() };
}

export interface Invoked {
  readonly awsRequestId: string;
  readonly result: unknown;
}

export interface ExecutionEnvironment {
  readonly coldStartMilliseconds: number;
  /** Rejects with the error that the handler has thrown. */
  invoke(event: unknown): Promise<Invoked>;
  /** Sends requests of clients through this gateway. */
  through(gateway: Gateway): Send;
  /** The output of the process on standard error. */
  log(): string;
  /** Between two invocations the platform stops every thread of an environment. */
  freeze(): void;
  thaw(): void;
}

/** @throws Error with what the process wrote, if it does not start */
export async function startEnvironment(
  t: CleanUp,
  artifact: Artifact,
  settings: Environment,
  file = 'lambda.mjs',
): Promise<ExecutionEnvironment> {
  const child = fork(
    new URL('execution-environment.ts', import.meta.url),
    [join(artifact.directory, file)],
    { cwd: artifact.directory, env: { ...settings }, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] },
  );
  killAtExit(() => void child.kill('SIGKILL'));
  t.after(async () => void child.kill('SIGKILL'));
  let written = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (written += text));
  const started = once(child, 'message') as Promise<[Report]>; // the first of execution-environment.ts
  const ended = once(child, 'close').then(() => undefined);
  const first = await Promise.race([started, ended]);
  if (!first) throw new Error(written);
  const coldStartMilliseconds =
    'startedInMilliseconds' in first[0] ? first[0].startedInMilliseconds : NaN;
  const invoke = invoker(child);
  return {
    coldStartMilliseconds,
    invoke,
    log: () => written,
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    through: (gateway) => async (url, request) => {
      const { result } = await invoke(eventFor(gateway, new URL(url), request));
      return responseOf(result as GatewayResult); // the function answers HTTP requests
    },
  };
}

/** One invocation at a time, as on the platform. */
function invoker(child: ChildProcess): ExecutionEnvironment['invoke'] {
  let last: Promise<unknown> = Promise.resolve();
  async function invokeNow(event: unknown): Promise<Invoked> {
    const awsRequestId = randomUUID();
    const answered = once(child, 'message') as Promise<[Report]>; // of execution-environment.ts
    child.send({ awsRequestId, event });
    const [report] = await answered;
    if ('error' in report) throw new Error(report.error);
    return { awsRequestId, result: 'result' in report ? report.result : undefined };
  }
  return (event) => {
    const own = last.then(() => invokeNow(event));
    last = own.catch(() => undefined);
    return own;
  };
}
