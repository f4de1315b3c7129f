// The form of an identity provider, and how it is read.
import type { Form } from '#http/request/input.ts';
import type { Field } from '#features/admin/page/page-model.ts';
import type { ShownProvider } from '#features/federation/management/present-provider.ts';
import type {
  ProviderChanges,
  ProviderEntry,
  ProviderSecret,
} from '#features/identity-providers/identity-providers.ts';
import type { ProviderKind } from './provider-kinds.ts';

/** The fields that cannot be changed later. */
export function identityFields(kind: ProviderKind, form: Form | undefined): readonly Field[] {
  return [
    {
      name: 'id',
      label: 'ID',
      type: 'text',
      isRequired: true,
      maxLength: 32,
      value: form?.get('id') ?? kind.id,
      hint: 'Part of the redirect URI: lowercase letters, digits and hyphens. Can’t be changed later.',
    },
    ...issuerFields(kind, form),
  ];
}

function issuerFields(
  { issuer, tenantIssuer, usualIssuer }: ProviderKind,
  form: Form | undefined,
): readonly Field[] {
  if (issuer !== undefined) return [];
  if (tenantIssuer !== undefined) {
    return [
      {
        name: 'tenant',
        label: 'Directory (tenant) ID',
        type: 'text',
        isRequired: true,
        value: form?.get('tenant'),
        hint: 'Personal accounts: 9188040d-6c67-4c5b-b112-36a304b66dad',
      },
    ];
  }
  return [
    {
      name: 'issuer',
      label: 'Issuer',
      type: 'text',
      isRequired: true,
      value: form?.get('issuer') ?? usualIssuer,
      hint: 'Exactly as the provider spells it. Can’t be changed later.',
    },
  ];
}

export interface OptionFieldsRequest {
  readonly kind: ProviderKind;
  readonly shown?: ShownProvider | undefined;
  readonly form: Form | undefined;
}

export function optionFields({ kind, shown, form }: OptionFieldsRequest): readonly Field[] {
  const value = (name: string, stored: string | null | undefined) =>
    form?.get(name) ?? stored ?? undefined;
  const check = (name: string, stored: boolean | null | undefined) =>
    (form ? form.get(name) === 'on' : stored === true) ? 'on' : '';
  const keeps = shown === undefined ? '' : 'Leave empty to keep the current one. ';
  return [
    {
      name: 'name',
      label: 'Name',
      type: 'text',
      isRequired: true,
      maxLength: 40,
      value: value('name', shown?.name ?? kind.name),
      hint: 'Users see it on the button: "Continue with ...".',
    },
    {
      name: 'client_id',
      label: kind.clientIdLabel,
      type: 'text',
      isRequired: true,
      value: value('client_id', shown?.client_id),
    },
    {
      name: 'client_secret',
      label: 'Client secret',
      type: 'password',
      isAlternative: shown === undefined,
      hint: `${keeps}${kind.secretHint}`,
    },
    ...(kind.id === 'sso' ? [keyField(keeps, shown === undefined)] : []),
    {
      name: 'scopes',
      label: 'Scopes',
      type: 'text',
      value: value('scopes', shown?.scopes.join(' ') ?? (kind.scopes ?? defaultScopes).join(' ')),
      hint: 'Separated by spaces; openid is always requested.',
    },
    ...workspaceFields(kind, { value, check, shown }),
    trustField(check('trust_email', shown?.trust_email)),
    signalsField(check('signals', shown?.signals)),
    pollField(value('signals_poll_endpoint', shown?.signals_poll_endpoint)),
    logoField(value('logo', shown?.logo)),
  ];
}

function trustField(value: string): Field {
  return {
    name: 'trust_email',
    label: 'Trust the provider’s verified email addresses',
    type: 'check',
    value,
    hint: 'Only for a provider that owns the mailboxes or verifies each of them.',
  };
}

function signalsField(value: string): Field {
  return {
    name: 'signals',
    label: 'End sessions on the provider’s Shared Signals',
    type: 'check',
    value,
    hint: 'When it reports that a linked user was blocked or signed out.',
  };
}

function pollField(value: string | undefined): Field {
  return {
    name: 'signals_poll_endpoint',
    label: 'Shared Signals poll URL',
    type: 'text',
    value,
    hint: 'The poll endpoint of your stream there (RFC 8936). Leave empty if the provider pushes them.',
  };
}

function logoField(value: string | undefined): Field {
  return {
    name: 'logo',
    label: 'Logo',
    type: 'text',
    value,
    hint: 'An https address, or apple, facebook, github, gitlab, google, microsoft. Leave empty to choose it by the issuer.',
  };
}

const defaultScopes = ['email', 'profile'];

function keyField(keeps: string, isAlternative: boolean): Field {
  return {
    name: 'private_key',
    label: 'Private key',
    type: 'lines',
    isAlternative,
    hint: `${keeps}A JWK or PEM in place of a secret (private_key_jwt).`,
  };
}

interface Readers {
  readonly value: (name: string, stored: string | null | undefined) => string | undefined;
  readonly check: (name: string, stored: boolean | null | undefined) => string;
  readonly shown: ShownProvider | undefined;
}

function workspaceFields(
  { hasWorkspace }: ProviderKind,
  { value, check, shown }: Readers,
): readonly Field[] {
  if (!hasWorkspace) return [];
  return [
    {
      name: 'hosted_domain',
      label: 'Google Workspace domain',
      type: 'text',
      value: value('hosted_domain', shown?.hosted_domain),
      hint: 'Leave empty to admit every Google account.',
    },
    {
      name: 'one_tap',
      label: 'Google One Tap on the sign-in page',
      type: 'check',
      value: check('one_tap', shown?.one_tap),
      hint: 'The page then loads a script from Google.',
    },
  ];
}

export function entryFrom(kind: ProviderKind, form: Form): ProviderEntry {
  const text = (name: string) => form.get(name).trim();
  const tenant = encodeURIComponent(text('tenant'));
  const issuer = kind.issuer ?? kind.tenantIssuer?.replace('{tenant}', tenant) ?? text('issuer');
  const changes = changesFrom(form);
  const { hosted_domain, logo, trust_email, signals, signals_poll_endpoint, ...members } = changes;
  return {
    id: text('id'),
    issuer,
    ...members,
    ...(hosted_domain === null ? {} : { hosted_domain }),
    ...(logo === null ? {} : { logo }),
    ...(trust_email === null ? {} : { trust_email }),
    ...(signals === null ? {} : { signals }),
    ...(signals_poll_endpoint === null ? {} : { signals_poll_endpoint }),
  };
}

/** Every option of the form, so that an empty field removes its option. */
export function changesFrom(form: Form) {
  const text = (name: string) => form.get(name).trim();
  const scopes = text('scopes').split(/\s+/).filter(Boolean);
  return {
    name: text('name'),
    client_id: text('client_id'),
    scopes: scopes.length === 0 ? defaultScopes : scopes,
    hosted_domain: text('hosted_domain') || null,
    logo: text('logo') || null,
    // If not ticked, the default applies: only Google is trusted, for its own mailboxes.
    trust_email: form.get('trust_email') === 'on' ? true : null,
    one_tap: form.get('one_tap') === 'on',
    signals: form.get('signals') === 'on' ? true : null,
    signals_poll_endpoint: text('signals_poll_endpoint') || null,
  } satisfies ProviderChanges;
}

/** `undefined` if neither is given. */
export function secretFrom(form: Form): ProviderSecret | undefined {
  const secret = form.get('client_secret').trim();
  const key = form.get('private_key').trim();
  if (secret === '' && key === '') return undefined;
  return {
    ...(secret === '' ? {} : { client_secret: secret }),
    ...(key === '' ? {} : { private_key: key }),
  };
}
