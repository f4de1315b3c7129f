// Validates form fields with the schemas of the management API.
import type { z } from 'zod';
import { AppError } from '#platform/errors.ts';

/**
 * @param subject the beginning of the message, such as `The name`
 * @throws AppError `invalid_input`
 */
export function readField<Value>(
  form: { readonly get: (name: string) => string },
  name: string,
  schema: z.ZodType<Value>,
  subject: string,
): Value {
  const parsed = schema.safeParse(form.get(name).trim());
  if (parsed.success) return parsed.data;
  const rule = schema.description;
  const message = rule === undefined ? `${subject} is not valid.` : `${subject} must be: ${rule}.`;
  throw new AppError('invalid_input', message);
}
