// The building blocks of protocol operations. oidc-provider validates these requests, so the schemas describe
// them and do not check them.
import { STATUS_CODES } from 'node:http';
import { exampleOf } from '#http/api/openapi/examples.ts';
import type { JsonSchema } from '#http/api/openapi/json-schema.ts';

/** The schema of an object by member names: `'name!'` is required, `'name'` is optional. */
export type Members = Readonly<Record<string, JsonSchema>>;

export const text: JsonSchema = { type: 'string' };
export const whole: JsonSchema = { type: 'integer' };
export const truth: JsonSchema = { type: 'boolean' };
export const texts: JsonSchema = { type: 'array', items: text };
export const uri: JsonSchema = { type: 'string', format: 'uri' };

export const about = (schema: JsonSchema, description: string): JsonSchema => ({
  ...schema,
  description,
});

export const always = (value: string): JsonSchema => ({ type: 'string', const: value });

export function object(members: Members): JsonSchema {
  const names = Object.keys(members);
  const required = names.filter((name) => name.endsWith('!')).map((name) => name.slice(0, -1));
  const properties = Object.fromEntries(
    Object.entries(members).map(([name, schema]) => [name.replace(/!$/, ''), schema]),
  );
  return { type: 'object', ...(required.length > 0 ? { required } : {}), properties };
}

export function queryOf(members: Members) {
  return Object.entries(members).map(([name, schema]) => {
    const { description, ...rest } = schema;
    return {
      name: name.replace(/!$/, ''),
      in: 'query',
      required: name.endsWith('!'),
      ...(description === undefined ? {} : { description }),
      schema: rest,
      example: exampleOf(schema, name.replace(/!$/, '')),
    };
  });
}

/** One kind of request to an endpoint, with an example. */
export interface Form {
  readonly members: Members;
  readonly example: Readonly<Record<string, string>>;
}

export function formOf(members: Members, example?: Form['example']) {
  const schema = object(members);
  return urlEncoded({ schema, examples: { example: { value: example ?? exampleOf(schema) } } });
}

/** Forms by the names of their examples. */
export function formsOf(forms: Readonly<Record<string, Form>>) {
  const schema = { oneOf: Object.values(forms).map(({ members }) => object(members)) };
  const examples = Object.entries(forms).map(([name, { example }]) => [name, { value: example }]);
  return urlEncoded({ schema, examples: Object.fromEntries(examples) });
}

function urlEncoded(media: { readonly schema: JsonSchema; readonly examples: object }) {
  return { required: true, content: { 'application/x-www-form-urlencoded': media } };
}

export function jsonOf(schema: JsonSchema, description: string) {
  return {
    description,
    content: { 'application/json': { schema, example: exampleOf(schema) } },
  };
}

export function textOf(type: string, description: string, example: string) {
  return { description, content: { [type]: { schema: text, example } } };
}

export const page = (description: string) =>
  textOf('text/html', description, '<!doctype html><title>...</title>');

/** An error response of the token endpoint and its siblings (RFC 6749 §5.2). */
export function oauthError(description: string, ...codes: readonly string[]) {
  return {
    description,
    content: {
      'application/json': {
        schema: object({ 'error!': { type: 'string', enum: [...codes] }, error_description: text }),
        example: { error: codes[0], error_description: 'What was wrong, in a sentence.' },
      },
    },
  };
}

/** Responses that every endpoint of the protocol may have. */
export const sharedResponses = {
  405: oauthError('The method is not supported.', 'invalid_request'),
  413: oauthError('The request is too large.', 'invalid_request'),
  414: oauthError('The request target is too long.', 'invalid_request'),
  415: oauthError('The body has another media type.', 'invalid_request'),
  421: textOf('text/plain', 'The Host header is not that of the issuer.', 'Misdirected request.'),
  429: oauthError('Too many requests; see Retry-After.', 'temporarily_unavailable'),
  500: oauthError('An error of the server.', 'server_error'),
  503: oauthError('A store is unavailable; see Retry-After.', 'temporarily_unavailable'),
};

export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly object[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<number, object>>;
}

export function operation({ responses, security = [], ...facts }: Operation) {
  return {
    ...facts,
    tags: ['protocol'],
    security,
    responses: { ...responses, ...withoutDeclared(responses) },
  };
}

function withoutDeclared(declared: Readonly<Record<number, object>>) {
  const shared = Object.entries(sharedResponses);
  return Object.fromEntries(shared.filter(([status]) => !(status in declared)));
}

export function redirect(status: 302 | 303, description: string) {
  const schema = { type: 'string', format: 'uri' };
  const title = STATUS_CODES[status] ?? '';
  return {
    description: `${title}: ${description}`,
    headers: { Location: { description: 'Where the browser goes.', schema } },
  };
}

/** A client authenticates in the header, in the form, or not at all if it is public. */
export const clientAuthentication = [{ clientSecret: [] }, {}] as const;
