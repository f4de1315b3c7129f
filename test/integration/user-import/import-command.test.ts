// user import: accepted records, refused records and their messages, on each backend.
import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { openBackend, places } from '#test/support/cli/backends.ts';
import { closeInReverse, createEmptyDirectory, type Shell } from '#test/support/cli/shell.ts';

async function fileOf(t: TestContext, content: string | Buffer, name = 'people.jsonl') {
  const path = join(await createEmptyDirectory(t), name);
  await writeFile(path, content);
  return path;
}

const line = (record: object): string => JSON.stringify(record);
const hash = (text: string): object => ({ email: 'h@example.org', password: { hash: text } });
const salted = 'c2l4dGVlbiBvY3RldHMuLg';
const longName = 'x'.repeat(66_000);

/** Refused lines and their messages, which must not repeat the content. */
const bad: readonly (readonly [string, string | Buffer, RegExp])[] = [
  ['no JSON', 'email=a@example.org', /^The line is not one JSON object\.$/],
  ['two objects', '{"email":"a@example.org"}{"email":"b@example.org"}', /not one JSON object/],
  ['a list', '[{"email":"a@example.org"}]', /not one JSON object/],
  ['a mark in the middle', '\uFEFF{"email":"a@example.org"}', /not one JSON object/],
  ['too long', line({ email: 'a@example.org', claims: { name: longName } }), /longer than 64 KiB/],
  ['no UTF-8', Buffer.from('{"email":"\xff@example.org"}', 'latin1'), /not text in UTF-8/],
  ['no address', line({ email_verified: true }), /^"email" is missing, or is no text\.$/],
  [
    'a bad address',
    line({ email: 'Ann <ann@example.org>' }),
    /^"email" is not an email address\.$/,
  ],
  [
    'an odd member',
    line({ emial: 'a@example.org' }),
    /^"emial" is no member of a record; there are/,
  ],
  ['a member twice', '{"email":"a@example.org","email":"b@example.org"}', /more than once/],
  ['roles', line({ email: 'a@example.org', roles: ['admin'] }), /^"roles" is no member/],
  ['a prototype', '{"email":"a@example.org","__proto__":{}}', /a name that is not allowed/],
  ['an odd claim', line({ email: 'a@example.org', claims: { nmae: 'A' } }), /nmae is not a claim/],
  [
    'a wrong claim',
    line({ email: 'a@example.org', claims: { zoneinfo: 'Mars' } }),
    /zoneinfo must/,
  ],
  ['NUL', line({ email: 'a@example.org', claims: { name: 'A\0' } }), /or a NUL character/],
  ['no UUID', line({ email: 'a@example.org', id: '7' }), /^"id" must be a UUID/],
  [
    'the future',
    line({ email: 'a@example.org', created_at: '9999-01-01T00:00:00Z' }),
    /of the past/,
  ],
  ['no zone', line({ email: 'a@example.org', created_at: '2021-01-01T00:00:00' }), /of the past/],
  ['a password', line({ email: 'a@example.org', password: 'geheim' }), /themselves are not taken/],
  ['MD5', line(hash('5f4dcc3b5aa765d61d8327deb882cf99')), /hash has an unsupported format/],
  [
    'bcrypt of 18',
    line(hash(`$2b$18$${'a'.repeat(53)}`)),
    /would take too long or too much memory/,
  ],
  ['4 GiB', line(hash(`$argon2id$v=19$m=4194304,t=1,p=1$${salted}$${'A'.repeat(43)}`)), /too much/],
  [
    'half of Firebase',
    line({ email: 'a@example.org', password: { firebase: { hash: 'AAAA', salt: 'AAAA' } } }),
    /"signer_key" is missing, unknown or invalid/,
  ],
  [
    'an algorithm of a plug-in',
    line({
      email: 'a@example.org',
      password: {
        keycloak: {
          credentialData: '{"algorithm":"custom","hashIterations":1}',
          secretData: '{"value":"AAAA","salt":"AAAA"}',
        },
      },
    }),
    /algorithm that is not known here/,
  ],
];

for (const place of places) {
  describe(`user import (${place})`, () => {
    const closing = closeInReverse({ after });
    let opened: Shell | undefined;
    before(async () => {
      opened = await openBackend(closing, place);
    });
    const shell = (): Shell => {
      assert.ok(opened);
      return opened;
    };

    it('imports new users from a file and leaves existing users unchanged', async (t) => {
      const records = [
        line({ email: 'Ann@example.org', email_verified: true, claims: { name: 'Ann' } }),
        line({ email: 'bo@example.org', blocked: true }),
      ];
      const first = await fileOf(t, `\uFEFF${records.join('\r\n')}`);
      const second = await fileOf(t, `${line({ email: 'ANN@example.org', claims: {} })}\n\n`);

      const imported = (await shell().done(['user', 'import', first, '--json'])).json();
      const again = await shell().done(['user', 'import', second]);
      const ann = (await shell().done(['user', 'show', 'ann@example.org', '--json'])).json();
      const bo = (await shell().done(['user', 'show', 'bo@example.org', '--json'])).json();

      const { run, ...counts } = imported;
      assert.match(String(run), /^[0-9a-f-]{36}$/);
      const none = { comments: 0, exists: 0, exists_lines: [], refused: 0, faults: [] };
      assert.deepEqual(counts, { lines: 2, imported: 2, dry_run: false, ...none });
      assert.match(again.out, /0 imported, 1 there already, 0 refused\.\n.*: lines 1\.\n$/);
      assert.deepEqual([ann['email'], ann['claims']], ['Ann@example.org', { name: 'Ann' }]);
      assert.notEqual(bo['blocked_at'], null);
    });

    it('writes the beginning and the end of an import to the audit log', async () => {
      const piped = line({ email: 'piped@example.org' });

      const { run } = (await shell().done(['user', 'import', '-', '--json'], piped)).json();
      const audit = await shell().done(['audit', 'export', '--event', 'import.ended']);

      const ended = audit.out.split('\n').find((each) => each.includes(String(run)));
      assert.match(ended ?? '', /"imported":1/);
      assert.match(ended ?? '', /"refused":0/);
    });

    it('validates everything and writes nothing with --dry-run', async (t) => {
      const good = line({ email: 'dry@example.org' });
      const known = line({ email: 'known@example.org' });
      await shell().done(['user', 'import', '-'], known);
      const path = await fileOf(t, [good, known, line({ email: 'DRY@example.org' })].join('\n'));

      const ran = await shell().run(['user', 'import', path, '--dry-run', '--json']);
      const found = await shell().run(['user', 'show', 'dry@example.org']);

      const { imported, exists_lines: exists, faults } = ran.json();
      const reason = 'Line 1 already has this email address.';
      assert.deepEqual([imported, exists, faults], [1, ['2'], [{ line: 3, reason }]]);
      assert.equal(ran.exitCode, 5);
      assert.equal(found.exitCode, 3);
    });

    it('reports every invalid line', async (t) => {
      const good = line({ email: 'between@example.org' });
      const lines = bad.flatMap(([, content]) => [
        Buffer.from(content),
        Buffer.from(`\n${good}\n`),
      ]);
      const path = await fileOf(t, Buffer.concat(lines));
      const faultsPath = `${path}.faults`;

      const ran = await shell().run(['user', 'import', path, '--faults', faultsPath, '--json']);

      const { imported, faults } = ran.json();
      assert.ok(Array.isArray(faults));
      assert.deepEqual([imported, ran.exitCode], [1, 5]);
      const reasons = new Map(faults.map((fault) => [fault.line, String(fault.reason)]));
      for (const [position, [name, , reason]] of bad.entries()) {
        assert.match(reasons.get(position * 2 + 1) ?? '', reason, name);
      }
      assert.doesNotMatch(ran.out + ran.err, /geheim|5f4dcc|aaaa|Ann </);
      const kept = await readFile(faultsPath);
      for (const [name, content] of bad.filter(([each]) => each !== 'too long')) {
        assert.ok(kept.includes(Buffer.concat([Buffer.from(content), Buffer.from('\n')])), name);
      }
      assert.equal((await stat(faultsPath)).mode & 0o777, 0o600);
    });
  });
}

describe('file of refused lines', () => {
  it('can be corrected and imported', async (t) => {
    const shell = await openBackend(closeInReverse(t), 'postgres');
    const path = await fileOf(t, '{"email":"one@example.org"}\n{"emial":"two@example.org"}\n');
    const faults = `${path}.faults`;

    await shell.run(['user', 'import', path, '--faults', faults]);
    const list = await readFile(faults, 'utf8');
    await writeFile(faults, list.replaceAll('emial', 'email'));
    const onItself = await shell.run(['user', 'import', faults, '--faults', faults]);
    const mended = await shell.done(['user', 'import', faults, '--json']);

    assert.match(
      list,
      /^# Lines [^\n]+\n# line 2: "emial" [^\n]+\n\{"emial":"two@example.org"\}\n$/,
    );
    assert.equal(onItself.exitCode, 4);
    assert.deepEqual([mended.json()['imported'], mended.json()['comments']], [1, 2]);
  });

  it('replaces the file of an earlier run and no other file', async (t) => {
    const shell = await openBackend(closeInReverse(t), 'postgres');
    const path = await fileOf(t, '{"emial":"two@example.org"}\n');
    const other = await fileOf(t, 'dear diary\n', 'diary.txt');
    const faults = `${path}.faults`;

    await shell.run(['user', 'import', path, '--faults', faults]);
    const twice = await shell.run(['user', 'import', path, '--faults', faults]);
    const refused = await shell.run(['user', 'import', path, '--faults', other]);

    assert.equal(twice.exitCode, 5);
    assert.equal((await readFile(faults, 'utf8')).split('\n').length, 4);
    assert.equal(refused.exitCode, 4);
    assert.equal(await readFile(other, 'utf8'), 'dear diary\n');
  });
});

describe('user import with invalid arguments', () => {
  it('fails before it opens the database', async (t) => {
    const directory = await createEmptyDirectory(t);
    const shell = await openBackend(closeInReverse(t), 'postgres');

    const none = await shell.run(['user', 'import']);
    const missing = await shell.run(['user', 'import', join(directory, 'nothing.jsonl'), '--json']);
    const folder = await shell.run(['user', 'import', directory]);
    const option = await shell.run(['user', 'import', '-', '--roles', 'admin']);

    assert.deepEqual([none.exitCode, option.exitCode], [2, 2]);
    assert.match(none.err, /FILE\|- is missing/);
    assert.equal(missing.json()['error'], 'invalid_input');
    assert.match(missing.err, /cannot be read \(ENOENT\)/);
    assert.match(folder.err, /is a directory/);
  });

  it('accepts an empty file', async (t) => {
    const shell = await openBackend(closeInReverse(t), 'postgres');

    const ran = await shell.done(['user', 'import', '-']);

    assert.match(ran.out, /^0 lines: 0 imported/);
  });
});
