// Turns routes of the management API into operations of the document.
import { apiPrefix } from '#http/api/router.ts';
import { successOf, type Success } from '#http/api/responses.ts';
import type { Route } from '#http/api/route.ts';
import { exampleOf } from './examples.ts';
import { describeInput, describeOutput, portablePattern, type JsonSchema } from './json-schema.ts';
import { describeProblems } from './problems.ts';

export function operationPath({ path }: Pick<Route, 'path'>): string {
  return `${apiPrefix}${path}`;
}

export function describeRoute(route: Route) {
  const { path, scopes, summary } = route;
  const body = bodyOf(route);
  return {
    operationId: operationIdOf(route),
    summary,
    tags: [path.split('/')[1] ?? ''],
    security: [{ management: [...scopes] }],
    parameters: [...pathParameters(route), ...queryParameters(route), ...headerParameters(route)],
    ...(body ? { requestBody: body } : {}),
    responses: {
      ...describeSuccess(route),
      ...describeWaiting(route),
      ...describeProblems(route.responses),
    },
  };
}

/** `GET /users/{userId}/sessions` is `getUsersByUserIdSessions`. */
function operationIdOf({ method, path }: Pick<Route, 'method' | 'path'>): string {
  const words = path
    .replaceAll(/\{(\w+)\}/g, (_, name: string) => `by-${name}`)
    .split(/[/-]/)
    .filter((word) => word !== '');
  const named = words.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`);
  return `${method.toLowerCase()}${named.join('')}`;
}

function pathParameters({ params }: Route) {
  return Object.entries(params).map(([name, { pattern, example }]) => ({
    name,
    in: 'path',
    required: true,
    schema: {
      type: 'string',
      ...(pattern.flags === '' ? { pattern: portablePattern(pattern.source) } : {}),
    },
    example: example ?? '0c9c1a7e-5d0f-4b7e-9a51-2f4f1d1e6b11',
  }));
}

function queryParameters({ query }: Route) {
  const { properties = {}, required = [] } = describeInput(query);
  const names: readonly unknown[] = Array.isArray(required) ? required : [];
  return Object.entries(Object(properties) as Record<string, JsonSchema>).map(([name, schema]) => ({
    name,
    in: 'query',
    required: names.includes(name),
    ...(typeof schema['description'] === 'string' ? { description: schema['description'] } : {}),
    schema,
  }));
}

function headerParameters({ responses, summary }: Route) {
  const text = { type: 'string' };
  const key = {
    name: 'Idempotency-Key',
    in: 'header',
    description: 'A repetition with the same key within 24 hours creates nothing.',
    schema: {
      type: 'string',
      pattern: String.raw`^(?:"[\x20\x21\x23-\x7e]{1,255}"|[\x21\x23-\x7e]{1,255})$`,
    },
    example: '"8e03978e-40d5-43dd-bc93-6894a57f9324"',
  };
  const match = {
    name: 'If-Match',
    in: 'header',
    description: 'The ETag of the version that is changed.',
    schema: text,
    example: '"Ep5LU7TL0Z5YtOms4KyysO1DJRu"',
  };
  const none = {
    name: 'If-None-Match',
    in: 'header',
    description: '`*`: create a value that does not exist yet.',
    schema: text,
  };
  return [
    ...(successOf(responses).status === 201 ? [key] : []),
    ...(412 in responses ? [match] : []),
    ...(summary.includes('If-None-Match') ? [none] : []),
  ];
}

function bodyOf({ method, body }: Route) {
  const schema = describeInput(body);
  const isEmpty = Object.keys(Object(schema['properties'])).length === 0;
  const isClosed = schema['additionalProperties'] === false;
  if (method === 'GET' || (isEmpty && isClosed)) return undefined;
  const required = Array.isArray(schema['required']) && schema['required'].length > 0;
  const content = { 'application/json': { schema, example: exampleOf(schema) } };
  return { required: required || method === 'PUT' || method === 'PATCH', content };
}

function describeSuccess({ responses, summary }: Route): Readonly<Record<string, object>> {
  const { status, content } = successOf(responses);
  const text = { type: 'string' };
  const tag = { ETag: { description: 'The version of the resource.', schema: text } };
  const location = { Location: { description: 'The path of the resource.', schema: text } };
  const isTagged = status === 201 || 412 in responses || summary.includes('ETag');
  const headers = { ...(status === 201 ? location : {}), ...(isTagged ? tag : {}) };
  return {
    [status]: {
      description: status === 201 ? 'Created.' : 'Success.',
      ...(Object.keys(headers).length > 0 ? { headers } : {}),
      content: describeContent(content),
    },
  };
}

function describeWaiting({ responses }: Route): Readonly<Record<string, object>> {
  const waiting = responses[202];
  if (!waiting) return {};
  const description = 'Not done yet: it waits for a second administrator.';
  return { 202: { description, content: describeContent(waiting) } };
}

function describeContent(success: Success): Readonly<Record<string, object>> {
  if ('line' in success) {
    const schema = { type: 'string', description: 'One JSON object per line.' };
    const example = `${JSON.stringify(exampleOf(describeOutput(success.line)))}\n`;
    return { 'application/x-ndjson': { schema, example } };
  }
  const schema = describeOutput(success);
  return { 'application/json': { schema, example: exampleOf(schema) } };
}
