// Gives handlers access to a form, a JSON document or a query. Middleware has already checked
// encoding, size and repeated names; the handler validates the fields.
import type { Context } from '#http/context.ts';
import { AppError } from '#platform/errors.ts';

/** Fields by name; `get` returns an empty string for a field that was not sent. */
export interface Form {
  get(name: string): string;
  has(name: string): boolean;
  names(): readonly string[];
}

export function presentFields(fields: ReadonlyMap<string, string>): Form {
  return {
    get: (name) => fields.get(name) ?? '',
    has: (name) => fields.has(name),
    names: () => [...fields.keys()],
  };
}

/**
 * Reads the submitted form; a request without a body is an empty form.
 * @throws AppError `unsupported_media_type` if the body is not a form
 */
export async function readForm(ctx: Context): Promise<Form> {
  const { body } = ctx.state;
  if (body === undefined) return presentFields(new Map());
  if (body.fields === undefined)
    throw new AppError('unsupported_media_type', 'The body must be a form.');
  return presentFields(body.fields);
}

/** Parses the JSON body; the caller validates its shape. */
export async function readJson(ctx: Context): Promise<unknown> {
  const { body } = ctx.state;
  if (body?.text === undefined || body.fields !== undefined)
    throw new AppError('unsupported_media_type', 'The body must be a JSON document.');
  try {
    return JSON.parse(body.text);
  } catch (cause) {
    throw new AppError('invalid_input', 'The body is not well-formed JSON.', { cause });
  }
}

export function readQuery(ctx: Context): Form {
  return presentFields(new Map(new URLSearchParams(ctx.querystring)));
}
