// The trace id that an AWS load balancer sends in X-Amzn-Trace-Id.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createXRayIds } from '#platform/tracing/xray-ids.ts';

const id = '67891233abcdef012345678912345678';
const header = 'Root=1-67891233-abcdef012345678912345678';

function traceIdFor(value: unknown): string {
  const { startTrace, idGenerator } = createXRayIds();
  return startTrace({ 'x-amzn-trace-id': value }, () => idGenerator.generateTraceId());
}

describe('the id of a trace of X-Ray', () => {
  it('is that of the header, also after the id of the load balancer itself', () => {
    const own = 'Self=1-67891234-12456789abcdef012345678;';

    assert.equal(traceIdFor(header), id);
    assert.equal(traceIdFor(`${own}${header}`), id);
    assert.equal(traceIdFor(`${header};Lineage=1:a87bd80c:1`), id);
  });

  it('is a new one if the header has no valid one', () => {
    const invalid = [
      undefined,
      [header],
      '',
      'Root=1-67891233',
      `X${header}`,
      `${header}0`,
      header.replaceAll(/[0-9a-f]/g, '0').replace('=0-', '=1-'),
    ];

    const ids = invalid.map(traceIdFor);

    for (const each of ids) assert.match(each, /^(?!0{8})[0-9a-f]{32}$/);
    assert.equal(new Set(ids).size, invalid.length);
    assert.ok(!ids.includes(id));
  });

  it('is a new one again for the next request, even if a start failed', () => {
    const { startTrace, idGenerator } = createXRayIds();
    const headers = { 'x-amzn-trace-id': header };

    assert.throws(() =>
      startTrace(headers, () => {
        throw new Error('failed');
      }),
    );

    assert.notEqual(idGenerator.generateTraceId(), id);
  });
});
