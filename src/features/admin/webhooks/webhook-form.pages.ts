// The form of a webhook: where messages go, and which events they are about.
import type { AuditEvent } from '#core/audit/audit.ts';
import { sentence } from '#http/api/schemas.ts';
import type { Form } from '#http/request/input.ts';
import { AppError } from '#platform/errors.ts';
import type { PanelVisit } from '#features/admin/access/panel-guard.pages.ts';
import type { Field } from '#features/admin/page/page-model.ts';
import { readField } from '#features/admin/panel/fields.pages.ts';
import { webhookEvents, type WebhookSettings } from '#features/webhooks/webhooks.ts';

export function webhookFields(
  current: WebhookSettings | undefined,
  form: Form | undefined,
): readonly Field[] {
  return [
    {
      name: 'url',
      label: 'Endpoint URL',
      type: 'text',
      isRequired: true,
      maxLength: 2000,
      value: form?.get('url') ?? current?.url,
      hint: 'Must start with https://, such as https://siem.example.com/ostiary',
    },
    {
      name: 'description',
      label: 'Description',
      type: 'text',
      maxLength: 500,
      value: form?.get('description') ?? current?.description,
    },
    {
      name: 'personal',
      label: 'Include personal data',
      type: 'check',
      hint: 'IP addresses, devices and so on. The receiver must also erase them on request.',
      value: form ? form.get('personal') : current?.personalData ? 'on' : '',
    },
    eventsField(current, form),
  ];
}

/** Events of one kind must be adjacent. */
const sortedEvents = webhookEvents.toSorted((a, b) => (a < b ? -1 : 1));

function eventsField(current: WebhookSettings | undefined, form: Form | undefined): Field {
  const isOn = (event: AuditEvent) =>
    form ? form.get(`event-${event}`) === 'on' : current?.events?.includes(event) === true;
  const count = sortedEvents.filter(isOn).length;
  const label = count === 0 ? 'Events: all' : `Events: ${count} of ${sortedEvents.length}`;
  return {
    name: 'event',
    label,
    type: 'checks',
    isFolded: true,
    hint: 'Leave all unticked to send every event, including those of later versions.',
    options: sortedEvents.map((event) => ({
      value: event,
      label: event.slice(event.indexOf('.') + 1).replaceAll('_', ' '),
      group: event.slice(0, event.indexOf('.')).replaceAll('_', ' '),
      isOn: isOn(event),
    })),
  };
}

/** @throws AppError `invalid_input` */
export function webhookFrom(form: Form): WebhookSettings {
  const description = form.get('description').trim();
  const events: readonly AuditEvent[] = sortedEvents.filter(
    (event) => form.get(`event-${event}`) === 'on',
  );
  return {
    url: form.get('url').trim(),
    description:
      description === '' ? undefined : readField(form, 'description', sentence, 'The description'),
    events: events.length === 0 ? undefined : events,
    personalData: form.get('personal') === 'on',
  };
}

/**
 * An administrator who chooses the events of a webhook can read the audit log through it.
 * @throws AppError `insufficient_scope`
 */
export function requireAuditAccess(visit: PanelVisit): void {
  if (visit.may('audit:read')) return;
  throw new AppError('insufficient_scope', 'This also requires permission to read the audit log.');
}
