// The formats of the log: JSON is tested in log.test.ts.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AppError } from '#platform/errors.ts';
import { createLog, type LogFormat } from '#platform/logging/log.ts';

function aLog(format: LogFormat) {
  const lines: string[] = [];
  const log = createLog({
    level: 'info',
    format,
    service: { name: 'ostiary', version: '1.2.3', environment: 'production' },
    destination: { write: (line) => void lines.push(line) },
  });
  return { log, lines };
}

describe('log in the format ecs', () => {
  it('has the names of the Elastic Common Schema, and its own below ostiary', () => {
    const { log, lines } = aLog('ecs');

    log.child({ requestId: 'r1', trace_id: 't1', span_id: 's1' }).info(
      {
        event: 'request.answered',
        method: 'POST',
        route: '/oauth2/token',
        status: 200,
        ms: 1.5,
        bytes: 3,
        address: '192.0.2.1',
        userId: 'u1',
        clientId: 'c1',
        errorCode: 'not_found',
        password: 'hunter2-Canary',
      },
      'request answered',
    );

    const { '@timestamp': time, ...line } = Object(JSON.parse(lines[0] ?? ''));
    assert.equal(new Date(time).toISOString(), time);
    assert.match(line['ecs.version'], /^\d+\.\d+\.\d+$/);
    assert.partialDeepStrictEqual(line, {
      'log.level': 'info',
      message: 'request answered',
      'process.pid': process.pid,
      'service.name': 'ostiary',
      'service.version': '1.2.3',
      'service.environment': 'production',
      'event.dataset': 'ostiary.log',
      'event.action': 'request.answered',
      'event.duration': 1_500_000,
      'http.request.id': 'r1',
      'http.request.method': 'POST',
      'http.response.status_code': 200,
      'http.response.body.bytes': 3,
      'client.ip': '192.0.2.1',
      'user.id': 'u1',
      'trace.id': 't1',
      'span.id': 's1',
      'ostiary.route': '/oauth2/token',
      'ostiary.client_id': 'c1',
      'ostiary.error_code': 'not_found',
      'ostiary.password': '[withheld]',
    });
  });

  it('has errors with their causes, and no address that is none', () => {
    const { log, lines } = aLog('ecs');
    const cause = new TypeError('of anna@example.com');

    const err = new AppError('internal', 'Sorry.', { cause });
    log.error({ event: 'a.b', address: 'unknown', err }, 'failed');

    const line = Object(JSON.parse(lines[0] ?? ''));
    assert.equal(line['error.type'], 'AppError');
    assert.equal(line['error.code'], 'internal');
    assert.match(
      line['error.stack_trace'],
      /^AppError: Sorry\.\nat .*\nCaused by: TypeError: of /s,
    );
    assert.deepEqual([line['client.ip'], line['ostiary.address']], [undefined, 'unknown']);
    assert.ok(!lines.join('').includes('anna@'));
  });
});

describe('log in the format pretty', () => {
  it('has one readable line per event', () => {
    const { log, lines } = aLog('pretty');

    log.warn({ event: 'a.b', count: 3 }, 'a sentence');

    assert.match(lines.join(''), /^\d\d:\d\d:\d\d warn {2}a sentence event=a\.b count=3\n$/);
  });
});
