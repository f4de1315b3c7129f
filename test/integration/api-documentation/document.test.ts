// The OpenAPI document: complete, valid according to a linter, and with examples that the schemas
// accept.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { createOpenApiDocument } from '#http/api/openapi/document.ts';
import { exampleOf } from '#http/api/openapi/examples.ts';
import { describeInput } from '#http/api/openapi/json-schema.ts';
import { apiPrefix } from '#http/api/router.ts';
import { successOf } from '#http/api/responses.ts';
import { describeApiRoutes } from '#server/routes/api-routes.ts';
import { statusChecks } from '#test/architecture/endpoint-policies.ts';

const run = promisify(execFile);
const routes = describeApiRoutes();
const document = createOpenApiDocument({
  issuer: 'https://id.ostiary.dev',
  productName: 'Ostiary',
  version: '1.0.0',
  routes,
});
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    name: `${method.toUpperCase()} ${path}`,
    operation: Object(operation),
  })),
);

describe('the OpenAPI document', () => {
  it('contains every route of the management API and of the protocol', () => {
    const isDescribed = (name: string) =>
      / \/(?:oauth2|\.well-known|auth\/api)\//.test(name) &&
      // Pages that continue an authorization or a sign-out.
      !/:uid|logout\/(?:success|confirm)/.test(name);
    const expected = Object.keys(statusChecks)
      .filter(isDescribed)
      .map((name) => name.replaceAll(/:(\w+)/g, '{$1}'));

    assert.deepEqual(operations.map(({ name }) => name).toSorted(), expected.toSorted());
  });

  it('has an id, a summary, a description of each response, and an example of each body', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    assert.equal(new Set(ids).size, ids.length);
    for (const { name, operation } of operations) {
      assert.match(operation.summary, /^[A-Z].*\.$|^The same/, name);
      for (const [status, response] of Object.entries(operation.responses)) {
        const { $ref, description, content = {} } = Object(response);
        if ($ref !== undefined) continue;
        assert.ok(description, `${name} ${status}`);
        for (const media of Object.values(content)) {
          assert.ok('example' in Object(media), `${name} ${status}`);
        }
      }
    }
  });

  it('has examples that the server would accept and return', () => {
    for (const { method, path, body, responses } of routes) {
      const { content } = successOf(responses);
      const output = 'line' in content ? content.line : content;
      for (const schema of [body, output]) {
        const read = schema.safeParse(exampleOf(describeInput(schema)));
        assert.ok(read.success, `${method} ${path}: ${read.error?.message}`);
      }
    }
  });

  it('has patterns that languages other than JavaScript support', () => {
    const patterns = JSON.stringify(document).match(/"pattern":"(?:[^"\\]|\\.)*"/g) ?? [];
    assert.ok(patterns.length > 50);
    for (const pattern of patterns) assert.doesNotMatch(pattern, /\\\\p\{|\[\^\]/);
  });

  it('declares the scopes of each route as its security requirement', () => {
    for (const { method, path, scopes } of routes) {
      const name = `${method} ${apiPrefix}${path}`;
      const found = operations.find((each) => each.name === name);
      assert.deepEqual(found?.operation.security, [{ management: [...scopes] }], name);
    }
  });

  it('passes the recommended rules of a linter without a warning', async (t) => {
    const directory = await mkdtemp(join(tmpdir(), 'openapi-'));
    t.after(() => rm(directory, { recursive: true }));
    const file = join(directory, 'openapi.json');
    await writeFile(file, JSON.stringify(document));
    const linter = new URL('../../../node_modules/@redocly/cli/bin/cli.js', import.meta.url);
    const env = {
      PATH: process.env['PATH'],
      HOME: directory,
      REDOCLY_TELEMETRY: 'off',
      REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true',
    };
    const options = ['lint', file, '--extends=recommended-strict', '--format=json'];

    const { stdout } = await run(process.execPath, [linter.pathname, ...options], {
      cwd: directory,
      env,
    }).catch((error: { stdout: string }) => error);

    const found = JSON.parse(stdout.slice(stdout.indexOf('{')));
    assert.deepEqual(Object(found).problems, []);
  });
});
