// Checkboxes for assignments, such as the roles of a group. Only what the administrator ticks or unticks
// changes; concurrent assignments by others are kept.
import { z } from 'zod';
import type { Form } from '#http/request/input.ts';
import { AppError } from '#platform/errors.ts';
import type { Field, Option } from '#features/admin/page/page-model.ts';

/** Maximum number of checkboxes; further items are named in a text field. */
export const offeredCount = 100;

export interface Assigning {
  /** Prefix of the names of the checkboxes. */
  readonly name: string;
  readonly label: string;
  readonly offered: readonly Option[];
  readonly assigned: readonly string[];
  readonly form: Form | undefined;
  /** True if there are more than the checkboxes offer. */
  readonly hasMore?: boolean | undefined;
  readonly hint?: string | undefined;
}

export function assignmentFields(assigning: Assigning): readonly Field[] {
  const { name, label, offered, assigned, form, hasMore = false, hint } = assigning;
  const known = new Set(offered.map(({ value }) => value));
  const options = [
    ...offered,
    ...assigned.filter((value) => !known.has(value)).map((value) => ({ value, label: value })),
  ].map((option) => ({
    ...option,
    isOn: form ? form.get(`${name}-${option.value}`) === 'on' : assigned.includes(option.value),
  }));
  const before = form?.get(beforeOf(name)) ?? JSON.stringify(assigned);
  return [
    { name: beforeOf(name), label: '', type: 'hidden', value: before },
    { name, label, type: 'checks', options, hint },
    ...(hasMore ? [otherField(name, form)] : []),
  ];
}

function otherField(name: string, form: Form | undefined): Field {
  return {
    name: `other-${name}`,
    label: 'Another one, by its name',
    type: 'text',
    value: form?.get(`other-${name}`),
    hint: 'There are more than are shown above.',
  };
}

export interface AssignmentChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

const names = z.array(z.string().max(400)).max(1000);

/** @throws AppError `invalid_input` for values that our form cannot contain */
export function readAssignments(form: Form, name: string): AssignmentChanges {
  const before = readBefore(form.get(beforeOf(name)));
  const prefix = `${name}-`;
  const wanted = form
    .names()
    .filter((each) => each.startsWith(prefix) && form.get(each) === 'on')
    .map((each) => each.slice(prefix.length));
  const other = form.get(`other-${name}`).trim();
  const added = wanted.filter((each) => !before.includes(each));
  return {
    added: other === '' ? added : [...added, other],
    removed: before.filter((each) => !wanted.includes(each)),
  };
}

function readBefore(text: string): readonly string[] {
  try {
    return names.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError('invalid_input', 'Please open the form again.', { cause });
  }
}

function beforeOf(name: string): string {
  return `before-${name}`;
}
