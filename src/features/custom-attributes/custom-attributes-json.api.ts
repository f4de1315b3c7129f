// JSON of custom attributes in the management API: declarations, values and changes, each with its
// schema.
import { z } from 'zod';
import { jsonObject, timestamp } from '#http/api/responses.ts';
import { AppError } from '#platform/errors.ts';
import { maxSupplementBytes, type SupplementOutcome } from './custom-attributes.service.ts';
import type { StoredSupplement } from './custom-attributes.store.ts';
import type { Declaration } from './schema/declarations.ts';

/** Maximum number of faults in one error message. */
const maxFaults = 20;

const access = z.union([z.literal('*'), z.array(z.string())]);

const declaration = z.strictObject({
  namespace: z.string(),
  /** One text, or one per language. */
  title: z.union([z.string(), z.record(z.string(), z.string())]),
  /** JSON Schema of the value. */
  schema: jsonObject,
  person: z.enum(['none', 'read', 'write']),
  apps: z.strictObject({ scope: z.string(), claims: z.record(z.string(), z.string()) }).nullable(),
  api: z.strictObject({ read: access, write: access }),
});

const value = z.strictObject({
  namespace: z.string(),
  version: z.int(),
  updated_at: timestamp,
  updated_by: z.string(),
  value: jsonObject,
});

/** The new version, and the audit event of the change. */
export const change = z.strictObject({
  namespace: z.string(),
  version: z.int(),
  receipt: z.strictObject({ id: z.string(), at: timestamp }),
});

export const schemas = {
  content: jsonObject,
  declarations: z.strictObject({ items: z.array(declaration) }),
  value,
  values: z.strictObject({ items: z.array(value) }),
};

export function presentDeclaration(declared: Declaration): z.input<typeof declaration> {
  const { namespace, title, schema, person, apps, api } = declared;
  return {
    namespace,
    title: typeof title === 'string' ? title : { ...title },
    schema: { ...schema },
    person,
    apps: apps ? { scope: apps.scope, claims: { ...apps.claims } } : null,
    api: { read: presentCallers(api.read), write: presentCallers(api.write) },
  };
}

function presentCallers(callers: Declaration['api']['read']): z.input<typeof access> {
  return callers === '*' ? callers : [...callers];
}

export function presentValue(found: StoredSupplement): z.input<typeof value> {
  return {
    namespace: found.namespace,
    version: found.version,
    updated_at: found.updatedAt.toISOString(),
    updated_by: found.updatedBy,
    value: { ...found.value },
  };
}

export function presentChange(
  namespace: string,
  { version, receiptId, at }: Extract<SupplementOutcome, { ok: true }>,
): z.input<typeof change> {
  return { namespace, version, receipt: { id: receiptId, at: at.toISOString() } };
}

/** @throws AppError `precondition_failed`, `too_large`, `invalid_input` */
export function requireDone(outcome: SupplementOutcome): Extract<SupplementOutcome, { ok: true }> {
  if (outcome.ok) return outcome;
  if (outcome.reason === 'stale') {
    throw new AppError('precondition_failed', 'The value has been changed since that version.');
  }
  if (outcome.reason === 'too_large') {
    throw new AppError('too_large', `The value exceeds ${maxSupplementBytes} bytes.`);
  }
  const faults = outcome.faults
    .slice(0, maxFaults)
    .map(({ pointer, message: detail }) => ({ pointer, detail }));
  const [first] = faults;
  const sentence = first ? ` At ${JSON.stringify(first.pointer)}: it ${first.detail}.` : '';
  const message = `The value does not match the schema of this namespace.${sentence}`;
  throw new AppError('invalid_input', message, { faults });
}
