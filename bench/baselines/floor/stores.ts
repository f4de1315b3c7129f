// The data of the floor server: refresh token families in PostgreSQL through pipelined connections,
// everything short-lived in Redis.
import { hash, randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { Client } from 'pg';

const connections = 4;
const createTable = `
  create table floor_families (
    id uuid primary key, user_id text not null, resource text not null,
    current_hash bytea not null, previous_hash bytea, expires_at timestamptz not null)`;
const insertFamily = {
  name: 'family_insert',
  text: `
    insert into floor_families (id, user_id, resource, current_hash, expires_at)
    values ($1, $2, $3, $4, now() + interval '30 days')`,
};
const rotateFamily = {
  name: 'family_rotate',
  text: `
    update floor_families set previous_hash = current_hash, current_hash = $3
     where id = $1 and current_hash = $2 and expires_at > now()
    returning user_id, resource`,
};

export interface Family {
  readonly userId: string;
  readonly resource: string;
}

export type Stores = Awaited<ReturnType<typeof openStores>>;

export async function openStores(databaseUrl: string, redisUrl: string) {
  const clients = await Promise.all(
    Array.from({ length: connections }, () => connectClient(databaseUrl)),
  );
  await clients[0]?.query(createTable);
  const redis = new Redis(redisUrl.replace(/^unix:\/\//, ''), {
    enableAutoPipelining: true,
    keyPrefix: 'floor:',
  });
  let turn = 0;

  function query(statement: { name: string; text: string }, values: readonly unknown[]) {
    turn = (turn + 1) % clients.length;
    const client = clients[turn];
    if (!client) throw new Error('No connection is open.');
    return client.query<Record<string, string>>({ ...statement, values: [...values] });
  }

  return {
    put: (key: string, value: string, seconds: number) => redis.set(key, value, 'EX', seconds),
    get: (key: string) => redis.get(key),
    take: (key: string) => redis.getdel(key),
    /** Returns the first token of a new family: its id and a secret. */
    async createFamily({ userId, resource }: Family): Promise<string> {
      const id = crypto.randomUUID();
      const token = tokenOf(id);
      await query(insertFamily, [id, userId, resource, digest(token)]);
      return token;
    },
    /** Replaces the token with a new one if it is the latest of its family. */
    async rotate(token: string): Promise<(Family & { readonly token: string }) | undefined> {
      const [id = ''] = token.split('.');
      const successor = tokenOf(id);
      const { rows } = await query(rotateFamily, [id, digest(token), digest(successor)]);
      const [row] = rows;
      if (!row) return undefined;
      return { userId: row['user_id'] ?? '', resource: row['resource'] ?? '', token: successor };
    },
  };
}

async function connectClient(url: string): Promise<Client> {
  const options = { connectionString: url, pipeline: true };
  const client = new Client(options);
  await client.connect();
  return client;
}

function tokenOf(familyId: string): string {
  return `${familyId}.${randomBytes(32).toString('base64url')}`;
}

function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
