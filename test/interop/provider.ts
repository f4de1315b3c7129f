// The Ostiary server under test, started like `npm start` with embedded storage, default settings
// and an empty data directory. Users and clients are created with the command line.
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { waitForHttp } from './ports.ts';
import type { Processes, RunOptions } from './processes.ts';

export interface User {
  /** The `sub` of its ID tokens. */
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

export interface Client {
  readonly clientId: string;
  /** Empty for a public client. */
  readonly clientSecret: string;
}

export interface Provider {
  readonly issuer: string;
  createUser(name: string): Promise<User>;
  /** Registers a client for a library (`--for`); the RFC 7591 metadata extends its settings. */
  createClient(preset: string, metadata: Readonly<Record<string, unknown>>): Promise<Client>;
  /** An API whose access tokens are JWTs (RFC 9068). */
  createApi(audience: string, options?: { readonly isRevocable?: boolean }): Promise<void>;
}

const root = join(import.meta.dirname, '../..');

export async function startProvider(
  processes: Processes,
  directory: string,
  port: number,
): Promise<Provider> {
  const issuer = `http://localhost:${port}`;
  await mkdir(directory, { recursive: true });
  const options: RunOptions = {
    cwd: directory,
    isolated: true,
    env: { PORT: String(port), DATA_DIRECTORY: join(directory, 'data') },
  };
  const log = processes.start(process.execPath, [join(root, 'bin/start.mjs')], options);
  await waitForHttp(new URL('/health/ready', issuer), log);

  async function command(words: readonly string[], input: string): Promise<unknown> {
    const args = [join(root, 'bin/ostiary.mjs'), ...words, '--json'];
    return JSON.parse(await processes.run(process.execPath, args, { ...options, input }));
  }

  return {
    issuer,

    async createUser(name) {
      const password = randomBytes(18).toString('base64url');
      const email = `${name}@example.com`;
      const words = ['--email', email, '--name', 'Ann Example', '--verified', '--password-stdin'];
      const created = await command(['user', 'create', ...words], password);
      return { id: textOf(created, 'id'), name: 'Ann Example', email, password };
    },

    async createClient(preset, metadata) {
      const words = ['client', 'create', '--for', preset, '--metadata', '-'];
      const created = await command(words, JSON.stringify(metadata));
      // A public client has no secret.
      const secret: unknown = Object(created)['client_secret'];
      return {
        clientId: textOf(created, 'client_id'),
        clientSecret: typeof secret === 'string' ? secret : '',
      };
    },

    async createApi(audience, { isRevocable = false } = {}) {
      const scopes = 'tasks:read tasks:write';
      const words = ['--audience', audience, '--scopes', scopes, '--format', 'jwt'];
      if (isRevocable) words.push('--revocable', 'true');
      await command(['resource', 'create', ...words], '');
    },
  };
}

/** Returns a member of a JSON document that the provider printed. */
export function textOf(document: unknown, name: string): string {
  const value: unknown = Object(document)[name];
  if (typeof value === 'string') return value;
  throw new TypeError(`Missing member ${name} in ${JSON.stringify(document)}`);
}
