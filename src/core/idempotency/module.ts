// Stored responses to creations, so that a repeated request does not create a second resource.
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import { idempotencyTables } from './idempotency-tables.store.ts';
import { createIdempotency } from './idempotency.service.ts';
import { createIdempotentRequestStore } from './idempotent-requests.store.ts';

export const idempotencyModule: Module = {
  name: 'idempotency',
  tables: idempotencyTables,
  mails: [],
};

export function createIdempotencyModule({ db, keyring, now }: Runtime) {
  const store = createIdempotentRequestStore(db);
  return { idempotency: createIdempotency({ store, keyring, now }) };
}
