// The servers that are compared, each in a separate process: the product as `npm start` runs it,
// oidc-provider alone, and Koa alone.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { ClientMetadata } from 'oidc-provider';
import { findFreePort } from '#bench/processes.ts';
import type { Environment } from '#config/config.ts';
import type { CleanUp } from '#test/support/services/databases.ts';

const root = new URL('../..', import.meta.url);
/** The same options as npm start. */
const productOptions = ['--max-semi-space-size=8'];

export interface Address {
  readonly port: number;
  readonly issuer: string;
}

export interface LoadServer extends Address {
  readonly pid: number;
}

export async function findAddress(): Promise<Address> {
  const port = await findFreePort();
  return { port, issuer: `http://localhost:${port}` };
}

/** @param profileDirectory where Node.js writes a CPU profile when the server exits */
export function startProduct(
  t: CleanUp,
  address: Address,
  settings: Environment,
  profileDirectory?: string,
): Promise<LoadServer> {
  const options = profileDirectory ? ['--cpu-prof', `--cpu-prof-dir=${profileDirectory}`] : [];
  return start(t, address, [...productOptions, ...options, 'bin/start.mjs'], settings);
}

export function startBareEngine(
  t: CleanUp,
  { issuer, port }: Address,
  clients: readonly ClientMetadata[],
  jwtAudience: string,
): Promise<LoadServer> {
  const settings = JSON.stringify({ issuer, clients, jwtAudience });
  const script = ['bench/baselines/bare-engine.ts'];
  return start(t, { issuer, port }, script, { BARE_ENGINE: settings });
}

export function startKoaHello(t: CleanUp, address: Address): Promise<LoadServer> {
  return start(t, address, ['bench/baselines/koa-hello.ts'], {});
}

async function start(
  t: CleanUp,
  { issuer, port }: Address,
  args: readonly string[],
  settings: Environment,
): Promise<LoadServer> {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, NODE_ENV: '', ...settings, PORT: String(port) },
    // The log is written, as in production, but discarded.
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  t.after(() => end(child));
  await untilReady(child.stdout);
  if (child.pid === undefined) throw new Error(`${args.join(' ')} did not start.`);
  return { issuer, port, pid: child.pid };
}

async function untilReady(output: NodeJS.ReadableStream): Promise<void> {
  for await (const line of createInterface(output)) if (/\bready\b/.test(line)) return;
  throw new Error('A server exited before it was ready.');
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}
