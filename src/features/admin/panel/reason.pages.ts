// The reason that an administrator gives for a destructive action.
import type { Form } from '#http/request/input.ts';
import { AppError } from '#platform/errors.ts';
import type { Field } from '#features/admin/page/page-model.ts';

const maxReasonLength = 500;
const singleLine = /^[^\p{Cc}\u2028\u2029]*$/u;

export function reasonField(value: string | undefined): Field {
  return {
    name: 'reason',
    label: 'Reason',
    type: 'text',
    value,
    isRequired: true,
    maxLength: maxReasonLength,
    hint: 'For other administrators and the audit log. Don’t include personal data.',
  };
}

/** @throws AppError `invalid_input` */
export function readReason(form: Form): string {
  const reason = form.get('reason').trim();
  if (reason !== '' && reason.length <= maxReasonLength && singleLine.test(reason)) return reason;
  throw new AppError('invalid_input', 'Enter a reason on one line, up to 500 characters.');
}
