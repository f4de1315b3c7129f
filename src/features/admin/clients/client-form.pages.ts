// The form with which the metadata of a client is changed. Members without a field of their own are
// written as JSON.
import type { Client } from '#core/clients/clients.ts';
import { profileNamed, profileNames } from '#core/clients/profiles/client-profiles.ts';
import type { Form } from '#http/request/input.ts';
import { AppError } from '#platform/errors.ts';
import type { Field } from '#features/admin/page/page-model.ts';
import { grantFields } from './client-grants.pages.ts';
import { linesOf } from './lines.ts';
import { securityFields } from './security/security-fields.pages.ts';

const lists = [
  ['redirect_uris', 'Redirect URIs', 'One per line. Must match exactly.'],
  ['post_logout_redirect_uris', 'Post-logout redirect URIs', 'One per line. Must match exactly.'],
] as const;

const texts: readonly (readonly [name: string, label: string, hint?: string])[] = [
  ['client_name', 'Name'],
  ['scope', 'Allowed scopes', 'Separated by spaces. Leave empty to allow all default scopes.'],
  ['client_uri', 'Home page'],
  ['policy_uri', 'Privacy policy'],
  ['backchannel_logout_uri', 'Back-channel logout URI'],
];

export function editFields(client: Client, form: Form | undefined): readonly Field[] {
  const { metadata } = client;
  return [
    ...texts.slice(0, 1).map((each) => textField(each, metadata, form)),
    ...lists.map(([name, label, hint]): Field => ({
      name,
      label,
      hint,
      type: 'lines',
      // Clients that use a browser need one.
      isAlternative: name === 'redirect_uris',
      value: form?.get(name) ?? listOf(metadata[name]).join('\n'),
    })),
    ...texts.slice(1, 2).map((each) => textField(each, metadata, form)),
    profileField(metadata, form),
    ...abilities(client, form),
    securityFields(client, form),
    {
      name: 'advanced',
      label: 'Advanced',
      type: 'group',
      value: form === undefined ? '' : 'open',
      fields: [...texts.slice(2).map((each) => textField(each, metadata, form)), otherField(form)],
    },
  ];
}

function abilities(client: Client, form: Form | undefined): readonly Field[] {
  return [
    { name: 'abilities', label: 'Grant types', type: 'set', fields: grantFields(client, form) },
    {
      name: 'first_party',
      label: 'First-party: skip consent',
      type: 'check',
      value: form ? form.get('first_party') : client.firstParty ? 'on' : '',
    },
  ];
}

function otherField(form: Form | undefined): Field {
  return {
    name: 'others',
    label: 'Other metadata (JSON)',
    type: 'lines',
    value: form?.get('others'),
    hint: 'Set a member to null to remove it.',
  };
}

function profileField({ profile }: Client['metadata'], form: Form | undefined): Field {
  const profiles = profileNames.map((name) => ({ value: name, label: profileNamed(name).label }));
  return {
    name: 'profile',
    label: 'Profile',
    type: 'select',
    options: [{ value: '', label: 'None (report only)' }, ...profiles],
    value: form?.get('profile') ?? (typeof profile === 'string' ? profile : ''),
    hint: 'A profile fills in missing settings and rejects conflicting ones. With none, OAuth 2.1 violations are only reported.',
  };
}

function textField(
  [name, label, hint]: (typeof texts)[number],
  metadata: Client['metadata'],
  form: Form | undefined,
): Field {
  const value = metadata[name];
  return {
    name,
    label,
    hint,
    type: 'text',
    value: form?.get(name) ?? (typeof value === 'string' ? value : ''),
  };
}

/** @throws AppError `invalid_input` */
export function changesOf(form: Form): Readonly<Record<string, unknown>> {
  const lines = lists.map(([name]) => [name, linesOf(form.get(name))] as const);
  const members = texts.map(([name]) => [name, form.get(name).trim() || null] as const);
  return {
    ...Object.fromEntries(members),
    // Members that are null are removed: a service has no redirect URIs.
    ...Object.fromEntries(
      lines.filter(([name, value]) => value.length > 0 || name !== 'redirect_uris'),
    ),
    profile: form.get('profile') || null,
    first_party: form.get('first_party') === 'on',
    ...readOthers(form.get('others')),
  };
}

function readOthers(text: string): Readonly<Record<string, unknown>> {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch (cause) {
    throw new AppError('invalid_input', 'The other members are not well-formed JSON.', { cause });
  }
  throw new AppError('invalid_input', 'The other members must be a JSON object.');
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
