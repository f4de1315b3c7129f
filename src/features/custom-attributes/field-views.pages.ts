// View models of the form fields: labels in the user's language, submitted values and messages. The
// fields themselves are derived from the schema in schema/fields.ts.
import type { Field, FieldOption, TextInput } from './schema/fields.ts';
import { inputName, isObject, type JsonObject } from './schema/values.ts';
import { sayIn, type Words } from './schema/localized-text.ts';
import { createTranslator, plainText, type Locale, type MessageKey } from '#http/i18n/locales.ts';

export interface DetailOptionView {
  readonly id: string;
  readonly name: string;
  readonly value: string;
  readonly label: string;
  readonly isChosen: boolean;
}

export interface DetailFieldView {
  readonly id: string;
  readonly name: string;
  readonly kind: Field['kind'];
  readonly label: string;
  readonly hint?: string | undefined;
  /** The ids of the hint and the message, for `aria-describedby`. */
  readonly describedBy?: string | undefined;
  readonly input?: TextInput | undefined;
  readonly isLong?: boolean | undefined;
  readonly isWhole?: boolean | undefined;
  readonly maxLength?: number | undefined;
  /** True if the browser must not submit the form without a value. */
  readonly isRequired: boolean;
  readonly value: string;
  readonly isTicked: boolean;
  readonly options: readonly DetailOptionView[];
  readonly fields: readonly DetailFieldView[];
  readonly problem?: string | undefined;
}

/** The part of a `ValueFault` (schema/registry.service.ts) from which a message is built. */
export interface ShownFault {
  readonly pointer: string;
  readonly keyword: string;
  readonly limit: number | undefined;
  readonly format: string | undefined;
}

export interface FieldsShown {
  readonly fields: readonly Field[];
  readonly value: JsonObject;
  readonly faults: readonly ShownFault[];
  readonly locale: Locale;
}

export function showDetailFields(
  { fields, value, faults, locale }: FieldsShown,
  mustFill = true,
): readonly DetailFieldView[] {
  const say = (words: Words) => plainText(sayIn(words, locale));
  return fields.map((field) => {
    const found = value[field.name];
    const isRequired = mustFill && field.isRequired;
    const inner = field.kind === 'group' ? field.fields : [];
    const fault = faults.find(({ pointer }) => isMeant(field, pointer));
    const id = inputName(field);
    const explained = [
      ...(field.description || field.kind === 'lines' ? [`${id}-hint`] : []),
      ...(fault ? [`${id}-problem`] : []),
    ];
    return {
      id,
      name: id,
      describedBy: explained.length > 0 ? explained.join(' ') : undefined,
      kind: field.kind,
      label: say(field.title),
      hint: field.description && say(field.description),
      ...('input' in field ? { input: field.input, isLong: field.isLong } : {}),
      ...('maxLength' in field ? { maxLength: field.maxLength } : {}),
      ...('isWhole' in field ? { isWhole: field.isWhole } : {}),
      isRequired,
      value: textOf(found),
      isTicked: found === true,
      options: 'options' in field ? showOptions(field, field.options, found, say) : [],
      fields: showDetailFields(
        { fields: inner, value: isObject(found) ? found : {}, faults, locale },
        isRequired,
      ),
      problem: fault && describeFault(fault, locale),
    };
  });
}

/**
 * True if the fault belongs to the field: for a group an exact match, else also a nested pointer.
 */
function isMeant({ kind, pointer }: Field, fault: string): boolean {
  return fault === pointer || (kind !== 'group' && fault.startsWith(`${pointer}/`));
}

function showOptions(
  field: Field,
  options: readonly FieldOption[],
  found: unknown,
  say: (words: Words) => string,
): readonly DetailOptionView[] {
  const chosen: readonly unknown[] = Array.isArray(found) ? found : [found];
  return options.map(({ value, title }, at) => ({
    id: inputName(field, at),
    name: inputName(field, at),
    value,
    label: say(title),
    isChosen: chosen.includes(value),
  }));
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(String).join('\n');
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

const problems: Readonly<Record<string, MessageKey>> = {
  required: 'account-details.problem.required',
  minLength: 'account-details.problem.short',
  maxLength: 'account-details.problem.long',
  minimum: 'account-details.problem.small',
  exclusiveMinimum: 'account-details.problem.small',
  maximum: 'account-details.problem.large',
  exclusiveMaximum: 'account-details.problem.large',
  minItems: 'account-details.problem.few',
  maxItems: 'account-details.problem.many',
  uniqueItems: 'account-details.problem.twice',
};

const forms: Readonly<Record<string, MessageKey>> = {
  email: 'account-details.problem.email',
  date: 'account-details.problem.date',
  uri: 'account-details.problem.uri',
  integer: 'account-details.problem.whole',
  number: 'account-details.problem.number',
};

function describeFault({ keyword, limit = 0, format = '' }: ShownFault, locale: Locale): string {
  const isForm = keyword === 'format' || keyword === 'type';
  const key = isForm ? forms[format] : problems[keyword];
  return createTranslator(locale)(key ?? 'account-details.problem.other', { limit });
}
