// Proves that a thing has not been changed between the time a form showed it and the time the form is
// sent. The form contains a digest of what it showed, and the service compares it at the write.
import { tagOf } from '#http/api/conditions.ts';
import type { Form } from '#http/request/input.ts';
import { AppError } from '#platform/errors.ts';
import type { Block, Fact, Field } from '#features/admin/page/page-model.ts';

/** A hidden field with the digest of what the form shows. */
export function versionField(shown: object): Field {
  return { name: 'version', label: '', type: 'hidden', value: tagOf(shown) };
}

/** @throws AppError `conflict`; the form is then shown again, with the values that were sent */
export function requireVersion(form: Form, current: object): void {
  if (form.get('version') === tagOf(current)) return;
  const message =
    'Another administrator changed this in the meantime. Compare your values with the current ones, and save again to overwrite them.';
  throw new AppError('conflict', message);
}

/** The current values, above a form that is shown again because they have changed. */
export function currentValues(
  form: Form | undefined,
  current: object,
  facts: readonly Fact[],
): readonly Block[] {
  if (!form?.has('version') || form.get('version') === tagOf(current)) return [];
  return [{ kind: 'facts', title: 'Current values', facts }];
}
