// What handlers may read of a request: a form, a JSON document, a query. Encoding, size and
// repeated names were checked at the edge; what the fields mean is left to the handler.
import type { Context } from '#http/context.ts';
import { AppError } from '#platform/errors.ts';

/** Fields by name; a name that was not sent is an empty text. */
export interface Form {
  get(name: string): string;
  has(name: string): boolean;
  names(): readonly string[];
}

function presentFields(fields: ReadonlyMap<string, string>): Form {
  return {
    get: (name) => fields.get(name) ?? '',
    has: (name) => fields.has(name),
    names: () => [...fields.keys()],
  };
}

/** The posted form; throws unsupported_media_type when the body is something else. */
export async function readForm(ctx: Context): Promise<Form> {
  const { body } = ctx.state;
  if (body === undefined) return presentFields(new Map());
  if (body.fields === undefined)
    throw new AppError('unsupported_media_type', 'The body must be a form.');
  return presentFields(body.fields);
}

/** The JSON document that was sent, still of unknown shape. */
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

/** The query of the address. */
export function readQuery(ctx: Context): Form {
  return presentFields(new Map(new URLSearchParams(ctx.querystring)));
}
