// The list of identity providers, and the page of one.
import { markOf } from './provider-marks.ts';
import type { ProviderAdministration } from '#features/federation/management/provider-administration.service.ts';
import type { ShownProvider } from '#features/federation/management/present-provider.ts';
import type { Block, Cell, RichText } from '#features/admin/page/page-model.ts';
import { plural } from '#features/admin/page/formatting.ts';
import type { Panel } from '#features/admin/panel/panel.pages.ts';
import { panelPath } from '#features/admin/panel-client.ts';
import { kindOfIssuer } from './provider-kinds.ts';

export const providersPath = `${panelPath}/providers`;

export function providerPath(id: string): string {
  return `${providersPath}/${encodeURIComponent(id)}`;
}

export interface ProviderListDependencies {
  readonly providerAdministration: ProviderAdministration;
}

export function addProviderList(panel: Panel, dependencies: ProviderListDependencies): void {
  const { providerAdministration } = dependencies;
  panel.page({
    path: providersPath,
    scope: 'providers:read',
    async show() {
      const list = await providerAdministration.list();
      return {
        title: 'Identity providers',
        lead: 'Let users sign in with an account they already have. Changes reach every node within a second.',
        actions: [
          {
            id: 'new-provider',
            label: 'Add a provider',
            href: `${providersPath}/new`,
            tone: 'main',
            scope: 'providers:write',
          },
        ],
        blocks: [
          {
            kind: 'table',
            caption: 'Identity providers',
            columns: [{ label: 'Provider' }, { label: 'Issuer' }, { label: 'State' }],
            rows: list.map(rowOf),
            empty:
              'No identity providers. Users sign in with a password, a passkey or an emailed code.',
          },
        ],
      };
    },
  });
}

function rowOf(provider: ShownProvider): readonly Cell[] {
  const { id, name, issuer, source } = provider;
  const origin = source === 'settings' ? 'set by the operator’s settings' : `id: ${id}`;
  return [
    { text: name, href: providerPath(id), isStrong: true, logo: markOf(provider), hint: origin },
    { text: issuer, isCode: true },
    stateTag(provider),
  ];
}

export function stateTag({ state }: Pick<ShownProvider, 'state'>): RichText {
  const words = {
    active: { text: 'active', tag: 'good' },
    disabled: { text: 'disabled', tag: 'quiet' },
    overridden: { text: 'overridden by the settings', tag: 'warning' },
    unusable: { text: 'can’t be used', tag: 'danger' },
  } as const;
  return words[state];
}

export function addProviderDetail(panel: Panel, dependencies: ProviderListDependencies): void {
  const { providerAdministration } = dependencies;
  panel.page({
    path: `${providersPath}/:id`,
    scope: 'providers:read',
    async show(ctx) {
      const shown = await providerAdministration.show(String(ctx.params['id']));
      const usage = await providerAdministration.usage(shown);
      const { id, source, enabled } = shown;
      const isOwn = source === 'stored';
      const path = providerPath(id);
      const scope = 'providers:write';
      return {
        title: shown.name,
        tags: [stateTag(shown)],
        back: { label: 'Identity providers', href: providersPath },
        actions: [
          { id: 'act-test', label: 'Test', href: `${path}/test`, scope },
          ...(isOwn
            ? [
                { id: 'act-edit', label: 'Edit', href: `${path}/edit`, scope } as const,
                enabled
                  ? ({
                      id: 'act-disable',
                      label: 'Disable',
                      href: `${path}/disable`,
                      scope,
                    } as const)
                  : ({ id: 'act-enable', label: 'Enable', href: `${path}/enable`, scope } as const),
                {
                  id: 'act-delete',
                  label: 'Delete',
                  href: `${path}/delete`,
                  tone: 'danger',
                  scope,
                } as const,
              ]
            : []),
        ],
        blocks: [
          ...notesOf(shown),
          factsOf(shown, usage),
          redirectBlock(shown.redirect_uri),
          stepsOf(shown),
        ],
      };
    },
  });
}

function notesOf({ source, state }: ShownProvider): readonly Block[] {
  if (source === 'settings') {
    const text =
      'Set by the operator’s settings (SIGN_IN_PROVIDERS). It is changed there, with a restart.';
    return [{ kind: 'note', id: 'from-settings', tone: 'quiet', text }];
  }
  if (state === 'overridden') {
    const text =
      'SIGN_IN_PROVIDERS has a provider with the same id or issuer, which is used in its place.';
    return [{ kind: 'note', id: 'overridden', tone: 'warning', text }];
  }
  if (state === 'unusable') {
    const text =
      'The secret can’t be decrypted with ENCRYPTION_KEYS, or a member is no longer valid. Edit the provider and enter its secret again.';
    return [{ kind: 'note', id: 'unusable', tone: 'warning', text }];
  }
  return [];
}

type Usage = Awaited<ReturnType<ProviderAdministration['usage']>>;

function factsOf(shown: ShownProvider, usage: Usage): Block {
  const { issuer, client_id, scopes, trust_email, hosted_domain, one_tap, signals } = shown;
  return {
    kind: 'facts',
    facts: [
      { label: 'ID', value: { text: shown.id, isCode: true } },
      { label: 'Issuer', value: { text: issuer, isCode: true } },
      { label: 'Client ID', value: { text: client_id, isCode: true } },
      { label: 'Scopes', value: scopes.join(' ') },
      { label: 'Verified addresses', value: trust_email ? 'trusted' : 'usual rule' },
      ...(hosted_domain === null ? [] : [{ label: 'Workspace', value: hosted_domain }]),
      ...(one_tap ? [{ label: 'One Tap', value: 'on the sign-in page' }] : []),
      ...(signals ? [{ label: 'Shared Signals', value: describeSignals(shown) }] : []),
      { label: 'Linked accounts', value: describeUsage(usage) },
    ],
  };
}

function describeSignals({ signals_poll_endpoint: endpoint }: ShownProvider): string {
  return endpoint === null ? 'end sessions here' : `end sessions here; collected from ${endpoint}`;
}

export function describeUsage({ linked_users: linked, users_without_other_method: alone }: Usage) {
  if (linked === 0) return 'None';
  return `${plural(linked, 'user')}, of whom ${plural(alone, 'user')} can’t sign in otherwise`;
}

export function redirectBlock(text: string): Block {
  const hint = 'Register it at the provider, exactly like this.';
  return { kind: 'code', id: 'redirect-uri', title: 'Redirect URI', hint, text };
}

function stepsOf({ issuer }: ShownProvider): Block {
  const { steps } = kindOfIssuer(issuer);
  return { kind: 'note', id: 'steps', tone: 'quiet', text: 'At the provider:', items: steps };
}
