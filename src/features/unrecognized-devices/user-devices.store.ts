// Devices on which a user has signed in, identified by the hash of the device cookie. Rows are
// written by the statement that saves the session (core/sessions/sessions.store.ts), so that both
// are saved or neither.
import type { Knex } from 'knex';
import type { DeviceClauses } from '#core/sessions/sign-in-devices.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';
import {
  auditColumns,
  auditPlaceholders,
  auditValues,
  type AuditRecord,
} from '#core/audit/audit-events.store.ts';
import {
  outboxColumns,
  outboxPlaceholders,
  outboxValues,
  type OutboxItem,
} from '#core/outbox/outbox.store.ts';

/** Stored if the user has signed in before, but never on this device. */
export interface NewDeviceNotice {
  readonly audit: AuditRecord;
  readonly mail: OutboxItem;
}

const auditWidth = auditColumns.split(',').length;

/** `alarmed` returns a row if the device is new to a user who has other devices. */
export const deviceClauses: DeviceClauses = ({ user, device, at }, from) => `
    known as (
      select count(*) > 0 as has_any, coalesce(bool_or(device_id = ${device}), false) as has_this
        from user_devices
       where user_id = ${user}
    ), used as (
      insert into user_devices (user_id, device_id, first_used_at, last_used_at)
      select ${user}, ${device}, ${at}, ${at} from saved
      on conflict (user_id, device_id) do update set last_used_at = excluded.last_used_at
    ), alarmed as (
      select 1 from saved, known where has_any and not has_this
    ), noted as (
      insert into audit_events (${auditColumns})
      select ${auditPlaceholders(from)} from alarmed
    ), mailed as (
      insert into outbox (${outboxColumns})
      select ${outboxPlaceholders(from + auditWidth)} from alarmed
    )`;

/** Values of the placeholders in `deviceClauses`, from the first one on. */
export function deviceValues({ audit, mail }: NewDeviceNotice): readonly unknown[] {
  return [...auditValues(audit), ...outboxValues(mail)];
}

const find: Statement = {
  name: 'user_device_find',
  text: 'select first_used_at from user_devices where user_id = $1 and device_id = $2',
};

const forget: Statement = {
  name: 'user_device_forget',
  text: `
    delete from user_devices where user_id = $1 and device_id = $2
    returning first_used_at`,
};

export function createUserDeviceStore(db: Database) {
  return {
    /** The time of the first sign-in on the device; `undefined` if it is not known. */
    async firstUse(userId: string, deviceId: Buffer): Promise<Date | undefined> {
      const { rows } = await db.run<{ first_used_at: Date }>(find, [userId, deviceId]);
      return rows[0]?.first_used_at;
    },
    /** Returns the time of first use, to exactly one caller. */
    async forget(userId: string, deviceId: Buffer, tx: Knex = db.knex): Promise<Date | undefined> {
      const { rows } = await db.run<{ first_used_at: Date }>(forget, [userId, deviceId], tx);
      return rows[0]?.first_used_at;
    },
  };
}

export type UserDeviceStore = ReturnType<typeof createUserDeviceStore>;
