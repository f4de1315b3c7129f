// Real server processes that share one PostgreSQL and one Redis: nodes of one issuer, as behind a
// TLS-terminating proxy. They can be killed and restarted. Network faults are simulated elsewhere.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openServices } from '#server/composition.ts';
import { readConfig, type Environment } from '#config/config.ts';
import { cheapSettings, collectWorks, settable } from '#test/support/app.ts';
import { createBrowser } from '#test/support/actors/cookie-browser.ts';
import { programDirectory } from '#test/support/services/built-program.ts';
import {
  createDatabase,
  createDirectory,
  createTestLog,
  redisUrl,
  type CleanUp,
} from '#test/support/services/databases.ts';
import { killAtExit } from '#test/support/services/kill-at-exit.ts';
import {
  startPatiently,
  startupSeconds,
  unreachable,
} from '#test/support/services/start-patiently.ts';
import { createRegistrations, type AppFacts } from '#test/support/data/registrations.ts';
import { createRelyingParty } from '#test/support/actors/relying-party.ts';
import { createHttpClient, type Send } from '#test/support/actors/http-client.ts';
import { findFreePorts } from '#test/support/services/free-ports.ts';

export interface Node {
  readonly port: number;
  /** Sends a request to this node. */
  readonly send: Send;
  /** Id of the running process; with several workers, that of the primary. */
  pid(): number;
  /** The output of the process on standard error. */
  log(): string;
  /** kill -9: the process completes nothing and writes nothing. */
  kill(): Promise<void>;
  /**
   * Starts the process again on the same port, with additional environment variables, and waits until
   * it is ready.
   */
  start(more?: Environment): Promise<void>;
  /** Starts the process with additional environment variables, without waiting. */
  launch(more: Environment): void;
}

export interface NodesOptions {
  readonly count?: number;
  readonly settings?: Environment;
  /** The directory of the program, by default that of the test run. */
  readonly code?: string;
}

export type Nodes = Awaited<ReturnType<typeof startNodes>>;

export async function startNodes(
  t: CleanUp,
  { count = 2, settings = {}, code = programDirectory() }: NodesOptions = {},
) {
  const works = collectWorks();
  t.after(works.run);
  // A host name of this machine only: the tests read mail in the development mailbox.
  const issuer = 'https://id.localhost';
  const environment: Environment = {
    ...cheapSettings,
    ISSUER: issuer,
    DATABASE_URL: settable(await createDatabase(works)),
    REDIS_URL: redisUrl(),
    DATA_DIRECTORY: await createDirectory(works),
    ...settings,
  };
  const log = createTestLog();
  const now = () => new Date();
  const config = readConfig(environment);
  const services = await startPatiently(() => openServices({ config, log, now }));
  works.after(() => services.close());
  const ports = await findFreePorts(count);
  const nodes = ports.map((port) => createNode(works, port, environment, code));
  await Promise.all(nodes.map((node) => node.start()));

  const registrations = await createRegistrations(services);
  const [first] = nodes;
  if (!first) throw new TypeError('at least one node is needed');
  return {
    issuer,
    nodes,
    services,
    ...registrations,
    /** Its requests go to the first node; `through` returns one that uses another node. */
    async relyingParty(facts: AppFacts = {}) {
      const app = await registrations.createClient(facts);
      return createRelyingParty({ issuer, send: first.send, app });
    },
    browser: (node: Node = first) => createBrowser(node.send, issuer),
    /** The nodes in rotation. */
    at: (turn: number): Node => nodes[turn % nodes.length] ?? first,
  };
}

/** @param code the directory of the program, by default this one */
export function createNode(
  t: CleanUp,
  port: number,
  environment: Environment,
  code: string = programDirectory(),
): Node {
  const send = createHttpClient(t, environment['ISSUER'] ?? '', port);
  let running: ChildProcess | undefined;
  let written = '';

  async function kill(): Promise<void> {
    const child = running;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  async function isReady(): Promise<boolean> {
    try {
      return (await send(`${environment['ISSUER']}/health/ready`)).status === 200;
    } catch {
      return false;
    }
  }

  function launch(more: Environment): ChildProcess {
    const script = join(code, 'bin/start.mjs');
    const child = spawn(process.execPath, [script], {
      // Uses neither the environment of the test run nor a .env file.
      cwd: environment['DATA_DIRECTORY'],
      env: {
        PATH: process.env['PATH'],
        TMPDIR: tmpdir(),
        ...environment,
        PORT: String(port),
        ...more,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    running = child;
    child.stderr.on('data', (bytes: Buffer) => (written += bytes.toString()));
    return child;
  }

  // Also when the test process itself exits early.
  const release = killAtExit(() => void running?.kill('SIGKILL'));
  t.after(async () => {
    release();
    await kill();
  });

  return {
    port,
    send,
    kill,
    launch,
    log: () => written,
    pid() {
      if (running?.pid === undefined) throw new Error('The node is not running.');
      return running.pid;
    },
    async start(more = {}) {
      let child = launch(more);
      const begun = performance.now();
      while (!(await isReady())) {
        if (performance.now() - begun > startupSeconds * 1000) {
          throw new Error(`A node was not ready after ${startupSeconds} seconds: ${written}`);
        }
        if (child.exitCode !== null) {
          if (!written.includes(unreachable)) throw new Error(`A node exited: ${written}`);
          child = launch(more);
        }
        await pause(50);
      }
    },
  };
}
