// The servers that are compared, each in a separate process: the product as `npm start` runs it,
// oidc-provider alone, the hand-written floor, and Koa alone.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { ClientMetadata } from 'oidc-provider';
import type { FloorSettings } from '#bench/baselines/floor/requests.ts';
import { placedOn } from '#bench/placement.ts';
import { findFreePort } from '#bench/processes.ts';
import type { Environment } from '#config/config.ts';
import type { CleanUp } from '#test/support/services/databases.ts';
import type { ServerName } from './flow.ts';

const root = new URL('../..', import.meta.url);
/** The same options as npm start. */
const productOptions = ['--max-semi-space-size=8'];

export interface Address {
  readonly port: number;
  readonly issuer: string;
}

export interface LoadServer extends Address {
  readonly name: ServerName;
  /** The port of endpoints for the internal network, if they have a port of their own. */
  readonly internalPort?: number;
  readonly pid: number;
  /** The core that no other process of this run uses. */
  readonly core: number | undefined;
}

/** Where a server runs; without cores, the system decides. */
export interface Place extends Address {
  readonly cores: readonly (number | undefined)[];
}

export async function findAddress(): Promise<Address> {
  const port = await findFreePort();
  return { port, issuer: `http://localhost:${port}` };
}

/** @param profileDirectory where Node.js writes a CPU profile when the server exits */
export function startProduct(
  t: CleanUp,
  place: Place,
  settings: Environment,
  profileDirectory?: string,
): Promise<LoadServer> {
  const options = profileDirectory ? ['--cpu-prof', `--cpu-prof-dir=${profileDirectory}`] : [];
  return start(t, 'ostiary', place, [...productOptions, ...options, 'bin/start.mjs'], settings);
}

export function startBareEngine(
  t: CleanUp,
  place: Place,
  clients: readonly ClientMetadata[],
  jwtAudience: string,
): Promise<LoadServer> {
  const settings = JSON.stringify({ issuer: place.issuer, clients, jwtAudience });
  const script = [...productOptions, 'bench/baselines/bare-engine.ts'];
  return start(t, 'engine', place, script, { BARE_ENGINE: settings });
}

export function startFloor(
  t: CleanUp,
  place: Place,
  settings: Omit<FloorSettings, 'issuer'>,
): Promise<LoadServer> {
  const FLOOR = JSON.stringify({ ...settings, issuer: place.issuer });
  return start(t, 'floor', place, [...productOptions, 'bench/baselines/floor/server.ts'], {
    FLOOR,
  });
}

export function startKoaHello(t: CleanUp, place: Place): Promise<LoadServer> {
  return start(t, 'koa', place, ['bench/baselines/koa-hello.ts'], {});
}

async function start(
  t: CleanUp,
  name: ServerName,
  { issuer, port, cores }: Place,
  args: readonly string[],
  settings: Environment,
): Promise<LoadServer> {
  const [program = '', ...rest] = [...placedOn(cores), process.execPath, ...args];
  const child = spawn(program, rest, {
    cwd: root,
    env: { ...process.env, NODE_ENV: '', ...settings, PORT: String(port) },
    // The log is written, as in production, but discarded.
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  t.after(() => end(child));
  await untilReady(child.stdout, args.join(' '));
  if (child.pid === undefined) throw new Error(`${args.join(' ')} did not start.`);
  return { name, issuer, port, pid: child.pid, core: ownCoreOf(cores) };
}

/** The core that only this server uses. */
export function ownCoreOf(cores: Place['cores']): number | undefined {
  return cores.length === 1 ? cores[0] : undefined;
}

async function untilReady(output: NodeJS.ReadableStream, command: string): Promise<void> {
  for await (const line of createInterface(output)) if (/\bready\b/.test(line)) return;
  throw new Error(`The server exited before it was ready: ${command}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}
