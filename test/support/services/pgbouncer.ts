// PgBouncer in front of the PostgreSQL of the tests, in transaction mode: each transaction may get another
// connection of the server, as behind RDS Proxy. It refuses parameters of the connection.
import { spawn } from 'node:child_process';
import { chown, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { administer, createDirectory, type CleanUp } from './databases.ts';
import { killAtExit } from './kill-at-exit.ts';
import { canInstall, findInPath, install } from './programs.ts';
import { findAccount } from './services.ts';
import { startupSeconds } from './start-patiently.ts';
import { findFreePort } from './free-ports.ts';

/** The program, installed if that is possible without a prompt. */
export function providePgBouncer(): string | undefined {
  const find = () => findInPath('pgbouncer');
  if (find() === undefined && canInstall()) install(['pgbouncer']);
  return find();
}

/**
 * Starts the program for this database.
 * @returns the URL of the same database through it
 */
export async function startPgBouncer(
  t: CleanUp,
  program: string,
  databaseUrl: string,
): Promise<string> {
  const directory = await createDirectory(t);
  const server = new URL(databaseUrl.replace('@/', '@localhost/'));
  const host = server.searchParams.get('host') ?? server.hostname;
  const serverPort = server.port === '' ? '5432' : server.port;
  const user = decodeURIComponent(server.username) || 'postgres';
  const password = server.password === '' ? '' : ` password=${decodeURIComponent(server.password)}`;
  const port = await findFreePort();
  const file = join(directory, 'pgbouncer.ini');
  const lines = [
    '[databases]',
    `* = host=${host} port=${serverPort} user=${user}${password}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = any',
    'pool_mode = transaction',
    // Fewer than the connections of the clients, so that they have to share.
    'default_pool_size = 3',
    'server_reset_query_always = 0',
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  // It refuses to run as root.
  const account = process.getuid?.() === 0 ? await findAccount('postgres') : undefined;
  if (account) await chown(directory, account.uid, account.gid);
  const child = spawn(program, ['--quiet', file], { ...account, cwd: directory, stdio: 'ignore' });
  const forget = killAtExit(() => void child.kill('SIGKILL'));
  t.after(async () => {
    forget();
    child.kill('SIGKILL');
  });
  const url = `postgres://${user}@127.0.0.1:${port}${server.pathname}`;
  const begun = performance.now();
  for (;;) {
    const isReady = await administer(url, 'select 1').then(
      () => true,
      () => false,
    );
    if (isReady) return url;
    if (performance.now() - begun > startupSeconds * 1000)
      throw new Error('PgBouncer did not start');
    await pause(50);
  }
}
