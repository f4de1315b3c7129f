import assert from 'node:assert/strict';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '#platform/errors.ts';
import { createLogDestination } from '#platform/logging/log-destination.ts';
import { createLog } from '#platform/logging/log.ts';

function aLog(level = 'info') {
  const lines: string[] = [];
  const log = createLog({ level, destination: { write: (line) => void lines.push(line) } });
  const last = (): Record<string, unknown> => Object(JSON.parse(lines.at(-1) ?? 'null'));
  return { log, lines, last };
}

const canary = 'hunter2-Canary';

describe('log line', () => {
  it('is one JSON object with level, time and message', () => {
    const { log, lines, last } = aLog();

    log.info({ event: 'grant.revoked', grantId: 'g1', status: 200 }, 'a grant was revoked');

    const { level, time, pid, ...rest } = last();
    assert.equal(lines.length, 1);
    assert.equal(level, 'info');
    assert.equal(new Date(String(time)).toISOString(), time);
    assert.equal(pid, process.pid);
    assert.deepEqual(rest, {
      event: 'grant.revoked',
      grantId: 'g1',
      status: 200,
      msg: 'a grant was revoked',
    });
  });

  it('is a single line of bounded length for any input', () => {
    const { log, lines, last } = aLog();

    log.warn(
      { event: 'x.y', clientId: `a\r\n{"level":"fatal"}\u001B[31m${'x'.repeat(100_000)}` },
      'odd',
    );

    assert.equal(lines[0]?.split('\n').length, 2);
    assert.ok(!lines[0]?.includes('\u001B'));
    assert.ok(String(last()['clientId']).length < 300);
  });

  it('is omitted below the configured level', () => {
    const { log, lines } = aLog('warn');

    log.info({ event: 'x.y' }, 'nothing');
    log.error({ event: 'x.y' }, 'something');

    assert.equal(lines.length, 1);
  });
});

describe('log fields', () => {
  it('are omitted unless they are on the allow list', () => {
    const { log, lines, last } = aLog();

    log.info(
      {
        event: 'x.y',
        password: canary,
        refreshToken: canary,
        code: 123_456,
        otp: 123_456,
        body: { password: canary },
        anything: canary,
        userId: { canary },
        scopes: [{ canary }],
        clientSecretHash: Buffer.from(canary),
        req: { headers: { authorization: canary } },
        count: 3,
        isRetry: true,
        kind: 'redis',
        missing: undefined,
      },
      'fields',
    );

    assert.ok(!lines.join().includes(canary) && !lines.join().includes('123456'));
    assert.equal(last()['password'], '[withheld]');
    assert.equal(last()['count'], 3);
    assert.equal(last()['isRetry'], true);
    assert.equal(last()['kind'], 'redis');
    assert.ok(!('missing' in last()));
  });

  it('are omitted in child loggers too', () => {
    const { log, last } = aLog();

    log
      .child({ requestId: 'r1', token: canary })
      .child({ userId: 'u1' })
      .info({ event: 'x.y' }, 'x');

    assert.equal(last()['requestId'], 'r1');
    assert.equal(last()['userId'], 'u1');
    assert.equal(last()['token'], '[withheld]');
  });

  it('have email addresses, credentials and random tokens masked in free text', () => {
    const { log, lines, last } = aLog();
    const token = 'aB3'.repeat(12);

    log.info(
      {
        event: 'x.y',
        path: `/auth/verify/${token}`,
        detail: `mail to anna@example.com at postgres://u:${canary}@db/x`,
      },
      `for bob@example.com eyJhbGciOi.x.y ${'0123456789abcdef'.repeat(2)}`,
    );

    assert.equal(last()['path'], '/auth/verify/[masked]');
    assert.equal(last()['detail'], 'mail to [masked]@example.com at postgres://[masked]@db/x');
    assert.equal(last()['msg'], 'for [masked]@example.com [masked] [masked]');
    assert.ok(!lines.join().includes(canary));
  });

  it('keep host names and UUIDs readable', () => {
    const { log, last } = aLog();
    const path =
      '/users/01234567-89ab-4def-8123-456789abcdef/my-release-postgresql-headless-0-x.svc';

    log.info({ event: 'x.y', path }, 'x');

    assert.equal(last()['path'], path);
  });
});

describe('logged error', () => {
  it('contains type, code, message, stack and cause, and no other property', () => {
    const { log, lines, last } = aLog();
    const cause = Object.assign(new TypeError(`no host in redis://:${canary}@cache`), {
      code: 'ERR_INVALID_URL',
      command: { args: [canary] },
      detail: `Key (email)=(${canary})`,
    });

    log.error({ event: 'x.y', err: new AppError('internal', 'Sorry.', { cause }) }, 'failed');

    assert.ok(!lines.join().includes(canary));
    assert.partialDeepStrictEqual(last()['err'], {
      type: 'AppError',
      code: 'internal',
      message: 'Sorry.',
      cause: {
        type: 'TypeError',
        code: 'ERR_INVALID_URL',
        message: 'no host in redis://[masked]@cache',
      },
    });
    assert.match(JSON.stringify(last()['err']), /log\.test\.ts/);
  });

  it('may be any thrown value', () => {
    const { log, lines, last } = aLog();
    const circular = new Error('round');
    circular.cause = circular;

    for (const err of [canary, null, { canary }, circular, new Error(canary.repeat(10_000))]) {
      log.error({ event: 'x.y', err }, 'failed');
      assert.ok(JSON.stringify(last()).length < 30_000);
    }

    assert.ok(!lines.slice(0, 3).join().includes(canary));
  });
});

describe('log destination', () => {
  it('keeps the order of lines and flushes at exit', (t) => {
    const { fd, read } = aFile(t);
    const destination = createLogDestination(fd);

    for (let line = 0; line < 1000; line += 1) destination.write(`${line}\n`);
    destination.flush();

    assert.equal(read(), Array.from({ length: 1000 }, (_, line) => `${line}\n`).join(''));
  });

  it('reports the number of lines dropped when its buffer is full', async (t) => {
    const { fd, read } = aFile(t);
    const destination = createLogDestination(fd);
    const line = `${'x'.repeat(1_048_575)}\n`;

    for (let count = 0; count < 7; count += 1) destination.write(line);
    const report = /\{"level":"warn","event":"log.dropped","count":3\}\n$/;
    await waitUntil(() => report.test(read().slice(-100)));

    assert.equal(read().split('\n').length, 6);
    assert.match(read(), report);
  });

  it('continues when the disk is full', { skip: !existsSync('/dev/full') }, async (t) => {
    const fd = openSync('/dev/full', 'w');
    t.after(() => closeSync(fd));
    const destination = createLogDestination(fd);

    destination.write('lost\n');
    await wait(20);
    destination.write('lost too\n');

    assert.doesNotThrow(() => destination.flush());
  });
});

function aFile(t: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'ostiary-'));
  const path = join(directory, 'log');
  const fd = openSync(path, 'w');
  t.after(() => {
    closeSync(fd);
    rmSync(directory, { recursive: true });
  });
  return { fd, read: () => readFileSync(path, 'utf8') };
}

async function waitUntil(isDone: () => boolean): Promise<void> {
  for (let round = 0; round < 500 && !isDone(); round += 1) await wait(10);
}
