// Property tests from the OpenAPI document: whatever the input of an operation, the response has a documented
// status and media type and is not a server error, and a valid token is required.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { createOpenApiDocument } from '#http/api/openapi/document.ts';
import { describeApiRoutes } from '#server/routes/api-routes.ts';
import { createApiClient } from '#test/support/actors/api-client.ts';
import { describeApp, type TestApp } from '#test/support/app.ts';
import { valueOf, type Schema } from '#test/support/openapi/arbitraries.ts';

interface Operation {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body: Media | undefined;
  readonly responses: Readonly<Record<string, unknown>>;
  readonly isManagement: boolean;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema: Schema;
}

interface Media {
  readonly type: string;
  readonly schema: Schema;
}

const document = createOpenApiDocument({
  issuer: 'https://id.ostiary.dev',
  productName: 'Ostiary',
  version: '1.0.0',
  routes: describeApiRoutes(),
});
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => readOperation(path, method, operation)),
);

const runsPerOperation = 6;
/** After this time, a slow machine runs each further operation only once. */
const patienceMilliseconds = 8_000;

/** It would revoke the token of the test. */
const isExcluded = ({ path }: Operation) => path.endsWith('/sign-everyone-out');

describeApp('every operation of the OpenAPI document', {}, (app) => {
  it('answers any input with a documented response, and never with a server error', async () => {
    const { accessToken } = await createApiClient(app());
    const successful = new Set<string>();
    const startedAt = performance.now();

    for (const operation of operations.filter((each) => !isExcluded(each))) {
      const known = await createObjects(app());
      const isLate = performance.now() - startedAt > patienceMilliseconds;
      await fc.assert(
        fc.asyncProperty(requestOf(operation, known), async (request) => {
          const headers = operation.isManagement ? { authorization: `Bearer ${accessToken}` } : {};
          const status = await assertDocumented(app(), operation, request, headers);
          if (status < 300) successful.add(operation.name);
        }),
        { numRuns: isLate ? 1 : runsPerOperation, endOnFailure: true },
      );
    }
    // Otherwise, nothing after the validation would be tested.
    assert.ok(successful.size > 10, [...successful].join(', '));
  });

  it('of the management API answers 401 without a valid token, whatever the input', async () => {
    for (const operation of operations.filter(({ isManagement }) => isManagement)) {
      await fc.assert(
        fc.asyncProperty(requestOf(operation, {}), strangeToken, async (request, token) => {
          const headers = { authorization: `Bearer ${token}` };
          const status = await assertDocumented(app(), operation, request, headers);
          assert.ok(status >= 400 && status < 500, `${operation.name} ${status}`);
        }),
        { numRuns: 2, endOnFailure: true },
      );
    }
  });
});

/** Objects that an operation may change or delete, by the name of their parameter. */
async function createObjects(app: TestApp): Promise<Readonly<Record<string, string>>> {
  const [user, client, api] = [
    await app.createUser(),
    await app.createClient(),
    await app.createApi(),
  ];
  const resourceId = Buffer.from(api.audience).toString('base64url');
  return { userId: user.id, clientId: client.clientId, resourceId };
}

const strangeToken = fc.constantFrom(
  'x',
  'ost_at_',
  `ost_cc_${'a'.repeat(43)}`,
  'eyJhbGciOiJub25lIn0.e30.',
);

interface Request {
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

function requestOf(
  operation: Operation,
  known: Readonly<Record<string, string>>,
): fc.Arbitrary<Request> {
  const among = (place: string) => operation.parameters.filter((each) => each.in === place);
  const path = fc.record(
    Object.fromEntries(
      among('path').map(({ name, schema }) => {
        const value = known[name];
        const random = fc.oneof(fc.uuid(), valueOf(schema)).map(asSegment);
        return [
          name,
          value === undefined
            ? random
            : fc.oneof({ weight: 4, arbitrary: fc.constant(value) }, random),
        ];
      }),
    ),
  );
  const query = fc.record(
    Object.fromEntries(
      among('query').map(({ name, schema }) => [
        name,
        fc.option(valueOf(schema), { nil: undefined }),
      ]),
    ),
  );
  const headers = fc.record(
    Object.fromEntries(
      among('header').map(({ name }) => [
        name,
        fc.option(fc.constantFrom('*', '"1"', 'W/"x"', 'x'), { nil: undefined }),
      ]),
    ),
  );
  const body = operation.body ? valueOf(operation.body.schema) : fc.constant(undefined);
  return fc.record({ path, query, headers: headers.map(withoutAbsent), body });
}

/** @returns the status */
async function assertDocumented(
  app: TestApp,
  { name, method, path, body, responses }: Operation,
  request: Request,
  authorization: Readonly<Record<string, string>>,
): Promise<number> {
  const address = path.replaceAll(/\{(\w+)\}/g, (_, each: string) => request.path[each] ?? 'x');
  const url = new URL(`${app.issuer}${address}`);
  for (const [key, value] of Object.entries(request.query)) {
    if (value !== undefined) url.searchParams.set(key, asText(value));
  }
  const sent = body && request.body !== undefined ? encode(body.type, request.body) : undefined;
  const answer = await app.send(url, {
    method: method.toUpperCase(),
    ...(sent === undefined ? {} : { body: sent }),
    headers: {
      ...authorization,
      ...request.headers,
      ...(sent === undefined || !body
        ? {}
        : { 'content-type': body.type, 'content-length': String(Buffer.byteLength(sent)) }),
    },
  });
  const text = await answer.text();
  const described = `${name} answered ${answer.status} ${text.slice(0, 300)} to ${JSON.stringify(request).slice(0, 1000)}`;
  assert.ok(answer.status < 500, described);
  assert.ok(String(answer.status) in responses, `undocumented: ${described}`);
  assert.doesNotMatch(text, /select |syntax error|node_modules/, described);
  return answer.status;
}

function encode(type: string, body: unknown): string {
  if (type === 'application/json') return JSON.stringify(body);
  const members = typeof body === 'object' && body !== null ? Object.entries(body) : [];
  const present = members.filter(([, value]) => value !== undefined);
  const fields = Object.fromEntries(present.map(([key, value]) => [key, asText(value)]));
  return String(new URLSearchParams(fields));
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A path segment is neither empty nor a step to another path. */
function asSegment(value: unknown): string {
  const text = encodeURIComponent(asText(value).toWellFormed().slice(0, 200));
  return /^\.*$/.test(text) ? 'x' : text;
}

function withoutAbsent(values: object): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function readOperation(path: string, method: string, operation: object): Operation {
  const { parameters = [], requestBody, responses } = Object(operation);
  const [media] = Object.entries(Object(requestBody?.content));
  return {
    name: `${method.toUpperCase()} ${path}`,
    method,
    path,
    parameters,
    body: media && { type: media[0], schema: firstOf(Object(media[1]).schema) },
    responses,
    isManagement: path.startsWith('/auth/api/'),
  };
}

function firstOf(schema: Schema): Schema {
  const { oneOf } = schema;
  return Array.isArray(oneOf) ? { anyOf: oneOf } : schema;
}
