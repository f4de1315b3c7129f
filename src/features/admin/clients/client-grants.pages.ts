// The grant types of a client in the panel: how it may obtain tokens, one labelled checkbox each.
import type { Client } from '#core/clients/clients.ts';
import type { Form } from '#http/request/input.ts';
import type { Field } from '#features/admin/page/page-model.ts';

export const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';

const grants = [
  ['authorization_code', 'Sign users in with a browser'],
  ['refresh_token', 'Use refresh tokens'],
  ['client_credentials', 'Get tokens on its own behalf (client credentials)'],
  [deviceGrant, 'Sign users in with a code on another device (device flow)'],
  ['urn:openid:params:grant-type:ciba', 'Ask users for approval on another device (CIBA)'],
] as const;

/** Says that the form contained these checkboxes, so that a missing one counts as unticked. */
const marker = 'grants_asked';

export function grantFields({ metadata }: Client, form: Form | undefined): readonly Field[] {
  const registered = grantsOf(metadata['grant_types']);
  const isTicked = (name: string) => (form ? form.get(fieldOf(name)) : registered.includes(name));
  return [
    { name: marker, label: '', type: 'hidden', value: 'yes' },
    ...grants.map(([name, label]): Field => ({
      name: fieldOf(name),
      label,
      type: 'check',
      value: isTicked(name) ? 'on' : '',
    })),
  ];
}

/** The changed member; nothing if the checkboxes match the registration. Other grant types are kept. */
export function changedGrants(
  form: Form,
  { metadata }: Client,
): { readonly grant_types?: readonly string[] } {
  if (form.get(marker) !== 'yes') return {};
  const registered = grantsOf(metadata['grant_types']);
  const others = registered.filter((name) => !grants.some(([known]) => known === name));
  const ticked = grants.map(([name]) => name).filter((name) => form.get(fieldOf(name)) === 'on');
  const wanted: readonly string[] = [...ticked, ...others];
  const isSame =
    wanted.length === registered.length && wanted.every((name) => registered.includes(name));
  return isSame ? {} : { grant_types: wanted };
}

/** Without the member, a client uses authorization codes (RFC 7591 §2). */
function grantsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : ['authorization_code'];
}

function fieldOf(name: string): string {
  return `grant_${name.slice(name.lastIndexOf(':') + 1)}`;
}
