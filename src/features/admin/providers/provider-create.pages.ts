// Adds an identity provider in two steps: its kind, then the credentials that the provider issued.
import type { Context } from '#http/context.ts';
import { AppError } from '#platform/errors.ts';
import type { IdentityProviders } from '#features/identity-providers/identity-providers.service.ts';
import type { ProviderAdministration } from '#features/federation/management/provider-administration.service.ts';
import type { ChoicesBlock } from '#features/admin/page/choice-blocks.ts';
import { withNotice } from '#features/admin/panel/notices.pages.ts';
import type { Panel } from '#features/admin/panel/panel.pages.ts';
import { entryFrom, identityFields, optionFields, secretFrom } from './provider-form.pages.ts';
import { brokeredKinds, findKind, providerKinds, type ProviderKind } from './provider-kinds.ts';
import { providerPath, providersPath, redirectBlock } from './provider-list.pages.ts';

export interface ProviderCreateDependencies {
  readonly identityProviders: IdentityProviders;
  readonly providerAdministration: ProviderAdministration;
}

export function addProviderCreate(panel: Panel, dependencies: ProviderCreateDependencies): void {
  addKinds(panel);
  addBroker(panel);
  const { identityProviders, providerAdministration } = dependencies;

  panel.action({
    path: `${providersPath}/new/:kind`,
    scope: 'providers:write',
    protection: 'recent',
    async show(ctx, _visit, form) {
      const kind = kindOf(ctx);
      return {
        title: `Add ${kind.label}`,
        lead: kind.hint,
        back: { label: 'Kinds of provider', href: `${providersPath}/new` },
        blocks: [
          {
            kind: 'note',
            id: 'steps',
            tone: 'quiet',
            text: 'First, at the provider:',
            items: kind.steps,
          },
          redirectBlock(providerAdministration.redirectUriOf(form?.get('id') || kind.id)),
          {
            kind: 'form',
            submit: 'Add provider',
            cancelHref: providersPath,
            fields: [...identityFields(kind, form), ...optionFields({ kind, form })],
          },
        ],
      };
    },
    async act(ctx, { actor }, form) {
      const made = { entry: entryFrom(kindOf(ctx), form), secret: secretFrom(form) ?? {} };
      const { id } = await identityProviders.create({ ...made, enabled: true }, actor);
      return { to: withNotice(providerPath(id), 'created') };
    },
  });
}

interface ShownKind extends Pick<ProviderKind, 'label' | 'hint' | 'logo'> {
  /** The last path segment of its page. */
  readonly kind: string;
}

function addKinds(panel: Panel): void {
  panel.page({
    path: `${providersPath}/new`,
    scope: 'providers:write',
    async show() {
      const kinds = Object.entries<ProviderKind>(providerKinds);
      const known = kinds.map(([kind, { label, hint, logo }]) => ({ kind, label, hint, logo }));
      const brokered = Object.entries(brokeredKinds).map(([kind, shown]) => {
        return { kind: `broker/${kind}`, ...shown };
      });
      return {
        title: 'Add a provider',
        lead: 'Choose where your users already have accounts.',
        back: { label: 'Identity providers', href: providersPath },
        blocks: [
          choicesOf('Connected directly', known),
          {
            ...choicesOf('Through a broker', brokered),
            hint: 'These providers don’t offer OpenID Connect to web apps. Connect them through a broker that you run, such as Dex.',
          },
        ],
      };
    },
  });
}

function choicesOf(title: string, kinds: readonly ShownKind[]): ChoicesBlock {
  return {
    kind: 'choices',
    title,
    choices: kinds.map(({ kind, ...each }) => ({
      id: `kind-${kind.replace('/', '-')}`,
      href: `${providersPath}/new/${kind}`,
      icon: 'web' as const,
      ...each,
    })),
  };
}

/** Explains what to do for a provider that does not support OpenID Connect. */
function addBroker(panel: Panel): void {
  panel.page({
    path: `${providersPath}/new/broker/:kind`,
    scope: 'providers:write',
    async show(ctx) {
      const kind = String(ctx.params['kind']);
      if (!Object.hasOwn(brokeredKinds, kind)) throw new AppError('not_found', 'Page not found.');
      // True because it is a key of the object.
      const { label } = brokeredKinds[kind as keyof typeof brokeredKinds];
      return {
        title: `Sign-in with ${label}`,
        lead: `${label} issues no ID token to web applications, and Ostiary accepts nothing less.`,
        back: { label: 'Kinds of provider', href: `${providersPath}/new` },
        actions: [
          {
            id: 'to-openid',
            label: 'Add broker',
            href: `${providersPath}/new/openid`,
            tone: 'main',
            scope: 'providers:write',
          },
        ],
        blocks: [
          {
            kind: 'note',
            id: 'broker',
            tone: 'quiet',
            text: 'An OpenID Connect provider stands in between:',
            items: [
              `Run one that signs users in with ${label}, such as Dex (dexidp.io).`,
              'Add it here as OpenID Connect, with its own issuer, client id and secret.',
              `Enter ${kind} as its logo and ${label} as its name, so that users recognize the button.`,
            ],
          },
        ],
      };
    },
  });
}

/** @throws AppError `not_found` */
function kindOf(ctx: Context): ProviderKind {
  const kind = findKind(String(ctx.params['kind']));
  if (kind) return kind;
  throw new AppError('not_found', 'Page not found.');
}
