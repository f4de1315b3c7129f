// Real server processes on one PostgreSQL and one Redis: nodes of one issuer, as behind a proxy that
// ends TLS. They can be killed and started again. Freezing and cutting the stores is left to
// proxy.ts.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { openInstallation } from '#server/composition/services.ts';
import { readConfig, type Environment } from '#config/config.ts';
import { cheapSettings, collectWorks, settable } from '#test/app.ts';
import { createBrowser } from '#test/roles/cookie-browser.ts';
import {
  createDatabase,
  createDirectory,
  createTestLog,
  redisUrl,
  type Closing,
} from '#test/stage/databases.ts';
import { createRegistrations, type AppFacts } from '#test/roles/registrations.ts';
import { createRelyingParty } from '#test/roles/relying-party.ts';
import { createWire, type Send } from '#test/roles/wire.ts';

export interface Node {
  readonly port: number;
  /** Sends to this node. */
  readonly send: Send;
  /** What the process wrote to its standard error. */
  log(): string;
  /** kill -9: nothing is finished, nothing is said. */
  kill(): Promise<void>;
  /** Starts the process again, on the same port, and waits until it is ready. */
  start(): Promise<void>;
  /** Starts it with these as well in its environment, and waits for nothing. */
  launch(more: Environment): void;
}

export interface NodesOptions {
  readonly count?: number;
  readonly settings?: Environment;
}

export type Nodes = Awaited<ReturnType<typeof startNodes>>;

const root = new URL('../../', import.meta.url);

export async function startNodes(t: Closing, { count = 2, settings = {} }: NodesOptions = {}) {
  const works = collectWorks();
  t.after(works.run);
  // A name of this machine alone: tests read mail in the development mailbox.
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
  const installation = await openInstallation({ config: readConfig(environment), log, now });
  works.after(() => installation.close());
  const ports = await findFreePorts(count);
  const nodes = ports.map((port) => createNode(works, port, environment));
  await Promise.all(nodes.map((node) => node.start()));

  const registrations = await createRegistrations(installation);
  const [first] = nodes;
  if (!first) throw new TypeError('at least one node is needed');
  return {
    issuer,
    nodes,
    installation,
    ...registrations,
    /** Its requests go to the first node; `through` makes one that asks another. */
    async relyingParty(facts: AppFacts = {}) {
      const app = await registrations.anApp(facts);
      return createRelyingParty({ issuer, send: first.send, app });
    },
    browser: (node: Node = first) => createBrowser(node.send, issuer),
    /** The node after the other, round and round. */
    at: (turn: number): Node => nodes[turn % nodes.length] ?? first,
  };
}

function createNode(t: Closing, port: number, environment: Environment): Node {
  const send = createWire(t, environment['ISSUER'] ?? '', port);
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
    const script = new URL('bin/start.mjs', root).pathname;
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script], {
      // Nothing of the surroundings is read: no .env, no settings of whoever runs the tests.
      cwd: environment['DATA_DIRECTORY'],
      env: { PATH: process.env['PATH'], ...environment, PORT: String(port), ...more },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    running = child;
    child.stderr.on('data', (bytes: Buffer) => (written += bytes.toString()));
    return child;
  }

  // Also when the test's own process ends early.
  const killAtExit = () => void running?.kill('SIGKILL');
  process.once('exit', killAtExit);
  t.after(async () => {
    process.removeListener('exit', killAtExit);
    await kill();
  });

  return {
    port,
    send,
    kill,
    launch,
    log: () => written,
    async start() {
      const child = launch({});
      for (let tries = 0; !(await isReady()); tries += 1) {
        if (child.exitCode !== null) throw new Error(`A node ended at once: ${written}`);
        if (tries === 600) throw new Error(`A node was not ready after 30 seconds: ${written}`);
        await pause(50);
      }
    },
  };
}

/** Held together until all are known, so that they differ. */
async function findFreePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port); // listens on ports
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
