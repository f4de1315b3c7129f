// Examples of the commands about sessions, the audit log, jobs and the installation.
import assert from 'node:assert/strict';
import { allSettings } from '#config/settings.ts';
import type { TestApp } from '#test/support/app.ts';
import type { Person } from '#test/support/actors/relying-party.ts';
import { receipt, receiptText, sessionTable, shownSession, type Examples } from './example.ts';

const importFile = new URL('users.jsonl', import.meta.url).pathname;
const settingNames = allSettings.map(({ setting }) => setting.name);

export const operationExamples: Examples = {
  'setup-link': {
    prepare: () => ({ args: [] }),
    text: /^Make the first administrator \(this link works once, for 24 hours\):\n\nhttp:\S+\n$/,
    json: { link: 'text' },
  },
  'config accept': {
    prepare: () => ({ args: [] }),
    text: /^No setting has changed\.\n$/,
    json: { changed: [] },
  },
  migrate: {
    prepare: () => ({ args: [] }),
    text: /^The database schema is up to date \(\d{4}-[\w-]+\)\.\n$/,
    json: { applied: ['text'] },
  },
  'database restored': {
    prepare: () => ({ args: ['--yes'] }),
    text: /^Everything that was issued before has ended\.\n\n(?:[A-Z][a-z ]+ +\d+\n){8}\nThe audit log is intact, with \d+ entries\.\n(?:Mail that .*\n)?$/,
    json: {
      restored_at: 'text',
      ended: {
        sessions: 'number',
        grants: 'number',
        refresh_families: 'number',
        email_tokens: 'number',
        setup_links: 'number',
        approvals: 'number',
        impersonations: 'number',
        held_back_mails: 'number',
      },
      audit: { whole: 'flag', entries: 'number', fault_count: 'number' },
    },
  },
  'database environment': {
    async prepare(app) {
      await app.services.db.knex('installation').update({ environment: 'staging' });
      return { args: ['development', '--from', 'staging'] };
    },
    text: /^The database belongs to the environment development now; it was staging\.\nMail and messages that were waiting are held back: \d+ jobs?\.\n$/,
    json: { environment: 'text', former: 'text', held_back_jobs: 'number' },
  },
  'session list': {
    async prepare(app) {
      return { args: ['--user', (await signIn(app)).email] };
    },
    text: sessionTable,
    json: [shownSession],
  },
  'session show': {
    prepare: async (app) => ({ args: [await sessionOf(app)] }),
    text: /^uid +[\w-]{43}\nstate +alive\nuser_id +[\w-]{36}\nemail +\S+\naddress +127\.0\.0\.1\namr +pwd\n(?:\w+_at +\S+Z\n){4}$/,
    json: {
      uid: 'text',
      state: 'text',
      user_id: 'text',
      email: 'text',
      device: null,
      address: 'text',
      amr: ['text'],
      signed_in_at: 'text',
      first_used_at: 'text',
      last_used_at: 'text',
      expires_at: 'text',
      ended_at: null,
      ended_because: null,
    },
  },
  'session end': {
    prepare: async (app) => ({ args: [await sessionOf(app)] }),
    text: receiptText('The session has ended\\.'),
    json: receipt,
  },
  'session revoke-all': {
    prepare: () => ({ args: ['--yes'] }),
    text: receiptText('All users are signed out and may sign in again\\.'),
    json: receipt,
  },
  'outbox list': {
    async prepare(app) {
      await failedJob(app);
      return { args: ['--dead'] };
    },
    text: /^ID +KIND +STATE +CREATED +ATTEMPTS +USER +APP +LAST ERROR\n(?:[\w-]{36} +mail +dead +\S+ \S+Z +12 +[\w-]{36} +- +550 no such user\n)+$/,
    json: [
      {
        id: 'text',
        kind: 'text',
        state: 'text',
        user_id: 'text',
        created_at: 'text',
        attempts: 'number',
        dead_at: 'text',
        last_error: 'text',
      },
    ],
  },
  'outbox retry': {
    prepare: async (app) => ({ args: [await failedJob(app)] }),
    text: /^ID .*\n[\w-]{36} +mail +waiting +\S+ \S+Z +0 +[\w-]{36} +- +550 no such user\n$/,
    json: [
      {
        id: 'text',
        kind: 'text',
        state: 'text',
        user_id: 'text',
        created_at: 'text',
        attempts: 'number',
        due_at: 'text',
        last_error: 'text',
      },
    ],
  },
  'audit verify': {
    async prepare(app) {
      await app.createUser();
      await app.services.auditChain.seal();
      return { args: [] };
    },
    text: /^The audit log is intact\.\n\nEntries: \d+ sealed, 0 not sealed yet, 0 with erased personal data\.\nSigned heads: \d+, the newest of \S+Z over entry \d+\.\n$/,
    json: {
      whole: 'flag',
      entries: 'number',
      heads: 'number',
      newest_head: { seq: 'number', hash: 'text', signed_at: 'text', jws: 'text' },
      unsealed: 'number',
      erased: 'number',
      fault_count: 'number',
      faults: [],
    },
  },
  doctor: {
    prepare: () => ({ args: [] }),
    text: /^ok {4}node: Node\.js .*\n(?:(?:ok {4}|warn {2})[a-z ]+: .*\n(?: +-> .*\n)?)+\n.*\n$/,
    json: {
      ok: 'flag',
      findings: [
        { check: 'text', state: 'text', message: 'text' },
        { check: 'text', state: 'text', message: 'text', next: 'text' },
      ],
    },
  },
  'config check': {
    prepare: () => ({ args: [] }),
    text: /^All settings are valid\.\n\nNODE_ENV +development\n(?:[A-Z\d_]+ +\S.*\n)+$/,
    json(document) {
      const { faults, unknown, settings } = Object(document);
      assert.deepEqual([faults, unknown], [[], []]);
      assert.deepEqual(Object.keys(settings), settingNames);
    },
  },
  'mail test': {
    prepare: () => ({ args: ['ann@example.org'] }),
    text: /^127\.0\.0\.1:\d+ accepted the message from no-reply@localhost to ann@example\.org\. Check that it arrives\.\n$/,
    json: { sent: 'flag', to: 'text', from: 'text', server: 'text' },
  },
  completion: {
    prepare: () => ({ args: ['bash'] }),
    text: /^# Completion of ostiary for bash\.\n[^]*complete -o default -F _ostiary ostiary\n$/,
    json: { shell: 'text', script: 'text' },
  },
  'user import': {
    prepare: () => ({ args: [importFile, '--dry-run'] }),
    text: /^\d lines: \d would be imported, 0 there already, 0 refused\.\nNothing was written\.\n$/,
    json: {
      run: null,
      lines: 'number',
      comments: 'number',
      imported: 'number',
      exists: 'number',
      refused: 'number',
      faults: [],
      dry_run: 'flag',
      exists_lines: [],
    },
  },
};

async function signIn(app: TestApp): Promise<Person> {
  const user = await app.createUser();
  await (await app.relyingParty()).login(user);
  return user;
}

async function sessionOf(app: TestApp): Promise<string> {
  const { id } = await signIn(app);
  const row: { uid: string } | undefined = await app.services.db
    .knex('sessions')
    .where({ user_id: id })
    .first('uid');
  return row?.uid ?? '';
}

/** A job that has failed permanently. */
async function failedJob(app: TestApp): Promise<string> {
  const { id } = await app.createUser();
  await app.block(id);
  const failed = { dead_at: new Date(), last_error: '550 no such user', attempts: 12 };
  const [row]: { id: string }[] = await app.services.db
    .knex('outbox')
    .where({ user_id: id })
    .update(failed)
    .returning('id');
  return row?.id ?? '';
}
