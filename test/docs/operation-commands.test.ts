// The documents for operations: every command is either executed by a test named here, or marked as needing
// an account or a program that tests cannot have. docs/serverless.md has a separate list.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

const root = join(import.meta.dirname, '../..');
const observability = 'test/docs/observability.test.ts';
const rules = 'test/integration/metrics/alert-rules.test.ts';
const backup = 'test/docs/backup.test.ts';
const pointInTime = 'test/docs/point-in-time-recovery.test.ts';
const upgrades = 'test/docs/upgrades.test.ts';

/** The beginnings of commands, with the test that executes each of them. */
const tested: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'docs/observability.md': {
    'OPS_PORT=9464 npx ostiary serve': observability,
    'curl http://127.0.0.1:9464/metrics': observability,
    'promtool check rules': rules,
    'promtool test rules': rules,
    'prometheus --config.file': 'test/integration/metrics/dashboard.test.ts',
    'OPS_PORT=9464': 'test/architecture/observability-compose.test.ts',
    'OPS_HOST=0.0.0.0': 'test/architecture/observability-compose.test.ts',
    'ostiary log level': observability,
    'ostiary log show': observability,
    'ostiary log reset': observability,
    'OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 npm start':
      'test/faults/collector-outage.test.ts',
  },
  'docs/backup.md': {
    'npx ostiary backup': backup,
    'npx ostiary restore': backup,
    pg_dump: backup,
    pg_restore: backup,
    'npx ostiary database restored': backup,
    'grep --extended-regexp': backup,
    pg_basebackup: pointInTime,
    'cp --archive': pointInTime,
    'cat >>': pointInTime,
    'touch ': pointInTime,
  },
  'docs/upgrades.md': {
    'npx ostiary migrate': upgrades,
    psql: upgrades,
    'systemctl reload': upgrades,
  },
  'docs/scaling.md': {},
};

const mark = /<!-- needs an outside account: [^>]+ -->\n\n$/;

/** Commands in the blocks without the mark; a continued line counts once. */
function commandsOf(page: string): readonly string[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(/^```sh\n([^]*?)^```/gm)]
    .filter(({ index }) => !mark.test(text.slice(0, index)))
    .flatMap(([, code = '']) =>
      code
        .replaceAll(/<<'EOF'\n[^]*?^EOF$/gm, '')
        .replaceAll(/"[^"]*"/g, (quoted) => quoted.replaceAll('\n', ' '))
        .replaceAll('\\\n', ' ')
        .trim()
        .split('\n'),
    );
}

describe('the commands of the documents for operations', () => {
  for (const [page, tests] of Object.entries(tested)) {
    it(`are executed by a test, or marked: ${page}`, () => {
      const commands = commandsOf(page);
      const known = Object.keys(tests);

      const unknown = commands.filter((line) => !known.some((start) => line.startsWith(start)));
      const unused = known.filter((start) => !commands.some((line) => line.startsWith(start)));
      assert.deepEqual({ unknown, unused }, { unknown: [], unused: [] });
      for (const path of Object.values(tests)) assert.ok(existsSync(join(root, path)), path);
    });
  }
});
