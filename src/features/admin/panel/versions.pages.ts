// Detects changes to an object between the display and the submission of its form. The form contains a digest
// of the values that it showed, which the service compares when it writes.
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

/** The current values, shown above a form that was refused because they have changed. */
export function currentValues(
  form: Form | undefined,
  current: object,
  facts: readonly Fact[],
): readonly Block[] {
  if (!form?.has('version') || form.get('version') === tagOf(current)) return [];
  return [{ kind: 'facts', title: 'Current values', facts }];
}
