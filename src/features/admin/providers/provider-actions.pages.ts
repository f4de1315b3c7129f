// Actions on one identity provider: edit, enable, disable, delete, test.
import type { Context } from '#http/context.ts';
import type { Form } from '#http/request/input.ts';
import { AppError } from '#platform/errors.ts';
import type { IdentityProviders } from '#features/identity-providers/identity-providers.service.ts';
import type { StoredProvider } from '#features/identity-providers/identity-providers.ts';
import type { ProviderAdministration } from '#features/federation/management/provider-administration.service.ts';
import type { Block, Field } from '#features/admin/page/page-model.ts';
import { withNotice } from '#features/admin/panel/notices.pages.ts';
import type { ActionRoute, Panel } from '#features/admin/panel/panel.pages.ts';
import { changesFrom, optionFields, secretFrom } from './provider-form.pages.ts';
import { kindOfIssuer } from './provider-kinds.ts';
import { describeUsage, providerPath, providersPath } from './provider-list.pages.ts';

export interface ProviderActionDependencies {
  readonly identityProviders: IdentityProviders;
  readonly providerAdministration: ProviderAdministration;
}

export function addProviderActions(panel: Panel, dependencies: ProviderActionDependencies): void {
  panel.action(edit(dependencies));
  panel.action(enable(dependencies));
  panel.action(disable(dependencies));
  panel.action(remove(dependencies));
  panel.action(test(dependencies));
}

function idOf(ctx: Context): string {
  return String(ctx.params['id']);
}

function backTo({ id, options }: StoredProvider) {
  return { label: options.name, href: providerPath(id) };
}

/** The form contains the version that it shows. */
function revisionField({ revision }: StoredProvider, form: Form | undefined): Field {
  const value = form?.get('revision') ?? revision;
  return { name: 'revision', label: 'Version', type: 'hidden', value };
}

function requireRevision(form: Form) {
  return ({ revision }: StoredProvider): void => {
    if (form.get('revision') === revision) return;
    const message = 'The provider was changed in the meantime. Please open its page again.';
    throw new AppError('conflict', message);
  };
}

function edit(dependencies: ProviderActionDependencies): ActionRoute {
  const { identityProviders, providerAdministration } = dependencies;
  return {
    path: `${providersPath}/:id/edit`,
    scope: 'providers:write',
    protection: 'reason',
    async show(ctx, _visit, form) {
      const stored = await identityProviders.find(idOf(ctx));
      const kind = kindOfIssuer(stored.issuer);
      const shown = providerAdministration.present(stored);
      return {
        title: `Edit ${stored.options.name}`,
        lead: stored.issuer,
        back: backTo(stored),
        blocks: [
          {
            kind: 'form',
            submit: 'Save',
            cancelHref: providerPath(stored.id),
            fields: [revisionField(stored, form), ...optionFields({ kind, shown, form })],
          },
        ],
      };
    },
    async act(ctx, { actor }, form) {
      const secret = secretFrom(form);
      const changes = { ...changesFrom(form), ...(secret ? { secret } : {}) };
      const change = { by: actor, check: requireRevision(form) };
      const { id } = await identityProviders.update(idOf(ctx), changes, change);
      return { to: withNotice(providerPath(id), 'saved') };
    },
  };
}

function enable({ identityProviders }: ProviderActionDependencies): ActionRoute {
  return {
    path: `${providersPath}/:id/enable`,
    scope: 'providers:write',
    protection: 'recent',
    async show(ctx) {
      const stored = await identityProviders.find(idOf(ctx));
      return {
        title: `Enable ${stored.options.name}?`,
        lead: 'Users can sign in with it within a second. Linked accounts work again.',
        back: backTo(stored),
        blocks: [
          {
            kind: 'form',
            submit: 'Enable the provider',
            cancelHref: providerPath(stored.id),
            fields: [],
          },
        ],
      };
    },
    async act(ctx, { actor }) {
      const { id } = await identityProviders.update(idOf(ctx), { enabled: true }, { by: actor });
      return { to: withNotice(providerPath(id), 'saved') };
    },
  };
}

function disable(dependencies: ProviderActionDependencies): ActionRoute {
  const { identityProviders } = dependencies;
  return {
    path: `${providersPath}/:id/disable`,
    scope: 'providers:write',
    protection: 'reason',
    async show(ctx) {
      const stored = await identityProviders.find(idOf(ctx));
      return {
        title: `Disable ${stored.options.name}?`,
        lead: 'Users can no longer sign in with it. No user is signed out, and accounts stay linked.',
        back: backTo(stored),
        blocks: [
          await effectOf(dependencies, stored),
          {
            kind: 'form',
            submit: 'Disable the provider',
            isDangerous: true,
            cancelHref: providerPath(stored.id),
            fields: [],
          },
        ],
      };
    },
    async act(ctx, { actor }) {
      const { id } = await identityProviders.update(idOf(ctx), { enabled: false }, { by: actor });
      return { to: withNotice(providerPath(id), 'saved') };
    },
  };
}

function remove(dependencies: ProviderActionDependencies): ActionRoute {
  const { identityProviders } = dependencies;
  return {
    path: `${providersPath}/:id/delete`,
    scope: 'providers:write',
    protection: 'reason',
    async show(ctx) {
      const stored = await identityProviders.find(idOf(ctx));
      return {
        title: `Delete ${stored.options.name}?`,
        lead: 'Its secret is deleted. Accounts stay linked, and work again when a provider with the same issuer is added.',
        back: backTo(stored),
        blocks: [
          await effectOf(dependencies, stored),
          {
            kind: 'form',
            submit: 'Delete provider',
            isDangerous: true,
            cancelHref: providerPath(stored.id),
            fields: [],
          },
        ],
      };
    },
    async act(ctx, { actor }) {
      await identityProviders.remove(idOf(ctx), { by: actor });
      return { to: withNotice(providersPath, 'deleted') };
    },
  };
}

async function effectOf(
  { providerAdministration }: ProviderActionDependencies,
  stored: StoredProvider,
): Promise<Block> {
  const usage = await providerAdministration.usage(stored);
  const alone = usage.users_without_other_method > 0;
  return {
    kind: 'note',
    id: 'effect',
    tone: alone ? 'warning' : 'quiet',
    text: `Linked accounts: ${describeUsage(usage)}.`,
    items: alone ? ['Without another way, they have to set a password by email.'] : [],
  };
}

function test({ providerAdministration }: ProviderActionDependencies): ActionRoute {
  return {
    path: `${providersPath}/:id/test`,
    scope: 'providers:write',
    protection: 'none',
    async show(ctx) {
      const shown = await providerAdministration.show(idOf(ctx));
      const href = providerPath(shown.id);
      return {
        title: `Test ${shown.name}`,
        lead: 'Fetches the metadata and the keys of the provider. The client secret isn’t tested until the first sign-in.',
        back: { label: shown.name, href },
        blocks: [{ kind: 'form', submit: 'Test now', cancelHref: href, fields: [] }],
      };
    },
    async act(ctx) {
      const shown = await providerAdministration.show(idOf(ctx));
      const { ok, checks } = await providerAdministration.check(shown.id);
      return {
        title: ok ? `${shown.name} answers as it should` : `${shown.name} can’t be used like this`,
        back: { label: shown.name, href: providerPath(shown.id) },
        blocks: [
          {
            kind: 'table',
            caption: 'Checks',
            columns: [{ label: 'Check' }, { label: 'Result' }, { label: 'Detail' }],
            rows: checks.map((check) => [
              check.name,
              check.ok ? { text: 'passed', tag: 'good' } : { text: 'failed', tag: 'danger' },
              check.detail,
            ]),
            empty: 'No checks.',
          },
        ],
      };
    },
  };
}
