// A temporary log level: which lines it adds, for whom, and until when.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLog } from '#platform/logging/log.ts';
import { matchesRoute, type LogFilter } from '#platform/logging/log-overrides.ts';
import {
  addLogFields,
  noteLogSubject,
  openLogScope,
  type LogScope,
} from '#platform/logging/log-scope.ts';
import { runInRequestScope } from '#platform/request/request-scope.ts';

function aLog(level = 'info') {
  const lines: string[] = [];
  let at = Date.parse('2026-05-04T12:00:00Z');
  const destination = { write: (line: string) => void lines.push(line) };
  const log = createLog({ level, destination, now: () => new Date(at) });
  return {
    log,
    events: () => lines.map((line) => String(Object(JSON.parse(line)).event)),
    lines,
    pass: (seconds: number) => void (at += seconds * 1000),
    override: (of: 'trace' | 'debug' | 'info', filter?: LogFilter) =>
      log.overrides.set({ level: of, expiresAt: new Date(at + 60_000), filter }),
  };
}

/** A request that ends with this route. */
function inRequest(work: (scope: LogScope) => void): void {
  runInRequestScope(() => work(openLogScope()));
}

describe('temporary log level', () => {
  it('adds lines down to its level until its end', () => {
    const { log, events, override, pass } = aLog('warn');
    override('debug');

    log.trace({ event: 'a.trace' }, 'x');
    log.debug({ event: 'a.debug' }, 'x');
    pass(60);
    log.debug({ event: 'a.later' }, 'x');
    log.warn({ event: 'a.warning' }, 'x');

    assert.deepEqual(events(), ['a.debug', 'a.warning']);
  });

  it('writes all lines of a request that turns out to concern the user, and of no other request', () => {
    const { log, events, override } = aLog();
    override('trace', { by: 'user', value: 'u1' });

    inRequest((scope) => {
      log.trace({ event: 'mine.before' }, 'x');
      noteLogSubject({ userId: 'u1' });
      log.trace({ event: 'mine.after' }, 'x');
      log.settle(scope);
    });
    inRequest((scope) => {
      log.trace({ event: 'other.before' }, 'x');
      noteLogSubject({ userId: 'u2' });
      log.trace({ event: 'other.after' }, 'x');
      log.settle(scope);
    });
    log.debug({ event: 'job.mine', userId: 'u1' }, 'x');
    log.debug({ event: 'job.other', userId: 'u2' }, 'x');

    assert.deepEqual(events(), ['mine.before', 'mine.after', 'job.mine']);
  });

  it('writes the lines of a route when the request has been answered', () => {
    const { log, events, override } = aLog();
    override('debug', { by: 'route', value: '/oauth2/token' });

    for (const route of ['POST /oauth2/token', 'POST /oauth2/revoke']) {
      inRequest((scope) => {
        log.debug({ event: route }, 'x');
        log.info({ event: 'always' }, 'x');
        scope.route = route;
        log.settle(scope);
      });
    }

    assert.deepEqual(events(), ['always', 'POST /oauth2/token', 'always']);
  });

  it('keeps a bounded number of lines for one request', () => {
    const { log, lines, override } = aLog();
    override('debug', { by: 'route', value: '*' });

    inRequest((scope) => {
      for (let line = 0; line < 10_000; line += 1) log.debug({ event: 'a.b' }, 'x');
      scope.route = 'GET /';
      log.settle(scope);
    });

    assert.equal(lines.length, 200);
  });

  it('adds the fields of the request to the lines of every log', () => {
    const { log, lines } = aLog();

    inRequest(() => {
      addLogFields({ requestId: 'r1' });
      log.info({ event: 'a.b' }, 'x');
    });
    log.info({ event: 'a.b' }, 'x');

    const ids = lines.map((line) => Object(JSON.parse(line)).requestId);
    assert.deepEqual(ids, ['r1', undefined]);
  });
});

describe('pattern of a route', () => {
  it('matches a route with or without its method, and * matches any text', () => {
    const route = 'POST /auth/api/v1/users/:userId/block';

    for (const pattern of [route, '/auth/api/v1/users/:userId/block', '/auth/api/*', '* */block']) {
      assert.ok(matchesRoute(pattern, route), pattern);
    }
    for (const pattern of ['GET /auth/api/*', '/auth/api', '/auth.api/*', '(', '']) {
      assert.ok(!matchesRoute(pattern, route), pattern);
    }
  });
});
