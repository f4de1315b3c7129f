// Parses the forms of REDIS_URL; redis.ts connects.
//
//   redis://[user:password@]host[:port][/database]         one server; rediss:// for TLS
//   unix:///path/redis.sock[?database=N], /path/redis.sock one server behind a local socket
//   redis+sentinel://[user:password@]host[:port],.../name[/database]
//       servers monitored by Sentinels; name is the monitored group. The account of the Sentinels
//       is in ?sentinel_username= and ?sentinel_password=; rediss+sentinel:// for TLS on both
//   redis+cluster://[user:password@]host[:port],...        a Cluster; rediss+cluster:// for TLS
//
// Every form accepts ?prefix=word, the prefix of all key names (default "ostiary"), so that several
// installations can share one Redis. Messages never repeat the URL, because it may contain a
// password.
import type { RedisOptions } from 'ioredis';

export interface RedisNode {
  readonly host: string;
  readonly port: number;
}

export type RedisTarget = {
  readonly prefix: string;
  /** The URL without credentials, for logs and messages. */
  readonly shownAs: string;
} & (
  | { readonly kind: 'server'; readonly options: Omit<RedisOptions, 'replyMapping'> }
  | {
      readonly kind: 'cluster';
      readonly nodes: readonly RedisNode[];
      readonly options: Pick<RedisOptions, 'username' | 'password' | 'tls'>;
    }
);

const networkForm =
  /^redis(?<tls>s?)(?:\+(?<kind>sentinel|cluster))?:\/\/(?:(?<account>[^@/?]*)@)?(?<hosts>[^@/?]+)(?:\/(?<path>[^?]*))?(?:\?(?<query>.*))?$/;
const socketForm = /^(?:unix:\/\/)?(?<path>\/[^?]+)(?:\?(?<query>.*))?$/;
const parameters = ['prefix', 'database', 'sentinel_username', 'sentinel_password'];

/**
 * Parses a URL.
 * @throws Error with a message that contains no secrets
 */
export function parseRedisUrl(url: string): RedisTarget {
  const socket = socketForm.exec(url)?.groups;
  if (socket) return readSocket(socket['path'] ?? '', readQuery(socket['query']));
  const parts = networkForm.exec(url)?.groups;
  if (!parts) throw fault('must look like redis://host:6379/0 or unix:///path/redis.sock');
  return readNetwork(parts);
}

function readSocket(path: string, query: URLSearchParams): RedisTarget {
  const options = { path: decode(path), db: readDatabase(query.get('database') ?? '') };
  return { kind: 'server', prefix: readPrefix(query), shownAs: `unix://${path}`, options };
}

function readNetwork(parts: Record<string, string | undefined>): RedisTarget {
  const query = readQuery(parts['query']);
  const prefix = readPrefix(query);
  const shownAs = `redis${parts['tls'] ?? ''}${parts['kind'] ? `+${parts['kind']}` : ''}://${parts['hosts'] ?? ''}`;
  const shared = { ...readAccount(parts['account']), ...(parts['tls'] ? { tls: {} } : {}) };
  const nodes = readNodes(parts['hosts'] ?? '', parts['kind'] === 'sentinel' ? 26_379 : 6_379);
  const path = (parts['path'] ?? '').split('/');

  if (parts['kind'] === 'cluster') {
    if (readDatabase(path[0] ?? '') !== 0)
      throw fault('names a database, but a Cluster has only 0');
    return { kind: 'cluster', prefix, shownAs, nodes, options: shared };
  }
  if (parts['kind'] === 'sentinel') {
    const [name, database] = path;
    if (!name) throw fault('must name the group that the Sentinels monitor: .../name');
    const options = { ...readSentinels(nodes, query, parts['tls'] === 's'), name: decode(name) };
    const db = readDatabase(database ?? '');
    return { kind: 'server', prefix, shownAs, options: { ...shared, ...options, db } };
  }
  const [node] = nodes;
  if (!node || nodes.length > 1) throw fault('names several hosts without +sentinel or +cluster');
  const options = { ...shared, ...node, db: readDatabase(path[0] ?? '') };
  return { kind: 'server', prefix, shownAs, options };
}

function readSentinels(nodes: RedisNode[], query: URLSearchParams, tls: boolean): RedisOptions {
  const username = query.get('sentinel_username');
  const password = query.get('sentinel_password');
  return {
    sentinels: nodes,
    ...(username ? { sentinelUsername: username } : {}),
    ...(password ? { sentinelPassword: password } : {}),
    ...(tls ? { enableTLSForSentinelMode: true, sentinelTLS: {} } : {}),
  };
}

function readNodes(hosts: string, defaultPort: number): RedisNode[] {
  return hosts.split(',').map((text) => {
    const match = /^(?:\[(?<v6>[0-9a-fA-F:.]+)\]|(?<name>[^:[\]\s]+))(?::(?<port>\d{1,5}))?$/.exec(
      text,
    );
    const host = match?.groups?.['v6'] ?? match?.groups?.['name'];
    const port = Number(match?.groups?.['port'] ?? defaultPort);
    if (!host || port < 1 || port > 65_535) throw fault('has a host that is not host or host:port');
    return { host, port };
  });
}

function readAccount(account: string | undefined): { username?: string; password?: string } {
  if (account === undefined) return {};
  const colon = account.indexOf(':');
  if (colon < 0)
    throw fault('has an account without a password: write user:password@ or :password@');
  const username = decode(account.slice(0, colon));
  return { ...(username ? { username } : {}), password: decode(account.slice(colon + 1)) };
}

function readQuery(text: string | undefined): URLSearchParams {
  const query = new URLSearchParams(text ?? '');
  const unknown = [...query.keys()].find((name) => !parameters.includes(name));
  if (unknown !== undefined) throw fault(`has a parameter other than ${parameters.join(', ')}`);
  return query;
}

function readPrefix(query: URLSearchParams): string {
  const prefix = query.get('prefix') ?? 'ostiary';
  if (!/^[\w.-]{1,64}$/.test(prefix))
    throw fault('has a prefix that is not 1 to 64 of A-Z a-z 0-9 _ . -');
  return prefix;
}

function readDatabase(text: string): number {
  if (!/^\d{0,5}$/.test(text)) throw fault('has a database that is not a number');
  return Number(text);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw fault('has a % that does not begin an escaped character', cause);
  }
}

function fault(problem: string, cause?: unknown): Error {
  return new Error(`REDIS_URL ${problem}`, { cause });
}
