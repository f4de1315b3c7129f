// Registers a client in two steps: the kind of application, then its name, framework and addresses.
// The presets of core/clients supply the right defaults.
import { findPreset, findPresetOfType } from '#core/clients/client-presets.ts';
import type { Context } from '#http/context.ts';
import type { Form } from '#http/request/input.ts';
import type { ClientRegistration, RegisteredClient } from '#oidc/clients/client-registration.ts';
import { AppError } from '#platform/errors.ts';
import type { AdminIcon } from '#features/admin/page/choice-blocks.ts';
import type { Block, Field, PanelPage } from '#features/admin/page/page-model.ts';
import type { Panel } from '#features/admin/panel/panel.pages.ts';
import { clientPath, clientsPath, nameOf } from './client-list.pages.ts';
import { linesOf } from './lines.ts';
import { frameworkOptions, frameworksOf, presetOf, snippetFor } from './snippets.ts';
import { issuerFields, workloadMetadata } from './workloads/issuer-fields.pages.ts';

export interface ClientCreateDependencies {
  readonly clientRegistration: ClientRegistration;
  readonly issuer: string;
}

type Kind = keyof typeof frameworksOf;

const kinds: Readonly<
  Record<
    Kind,
    {
      readonly label: string;
      /** The title of the form. */
      readonly title: string;
      readonly hint: string;
      readonly icon: AdminIcon;
    }
  >
> = {
  web: {
    label: 'Web application',
    title: 'Register a web application',
    hint: 'Runs on a server and keeps a secret: Next.js, Spring, Django, Go, a reverse proxy.',
    icon: 'web',
  },
  spa: {
    label: 'Single-page app',
    title: 'Register a single-page app',
    hint: 'Runs in the browser and keeps no secret: React, Vue, Angular, Svelte.',
    icon: 'browser',
  },
  native: {
    label: 'Native app',
    title: 'Register a native app',
    hint: 'Installed on a phone or a computer: iOS, Android, desktop, command line.',
    icon: 'phone',
  },
  service: {
    label: 'Service',
    title: 'Register a service',
    hint: 'Calls APIs on its own behalf, without a user: jobs, daemons, other backends.',
    icon: 'service',
  },
  workload: {
    label: 'Workload without a secret',
    title: 'Register a workload',
    hint: 'Authenticates with a token from its platform: GitHub Actions, GitLab, Kubernetes or a cloud provider.',
    icon: 'key',
  },
  device: {
    label: 'Device without a browser',
    title: 'Register a device',
    hint: 'Shows a code that the user enters on a phone: televisions, consoles, CLIs on servers.',
    icon: 'devices',
  },
};

export function addClientCreate(panel: Panel, dependencies: ClientCreateDependencies): void {
  const { clientRegistration, issuer } = dependencies;

  panel.page({
    path: `${clientsPath}/new`,
    scope: 'clients:write',
    async show() {
      return {
        title: 'Register a client',
        lead: 'What kind of application is it?',
        back: { label: 'Clients', href: clientsPath },
        blocks: [
          {
            kind: 'choices',
            choices: Object.entries(kinds).map(([kind, { title: _, ...each }]) => ({
              id: `kind-${kind}`,
              href: `${clientsPath}/new/${kind}`,
              ...each,
            })),
          },
        ],
      };
    },
  });

  panel.action({
    path: `${clientsPath}/new/:kind`,
    scope: 'clients:write',
    protection: 'recent',
    async show(ctx, _visit, form) {
      const kind = kindOf(ctx);
      return {
        title: kinds[kind].title,
        lead: kinds[kind].hint,
        back: { label: 'Register a client', href: `${clientsPath}/new` },
        blocks: [
          {
            kind: 'form',
            submit: 'Register',
            cancelHref: clientsPath,
            fields: fieldsOf(kind, form),
          },
        ],
      };
    },
    async act(ctx, { actor }, form) {
      const kind = kindOf(ctx);
      const framework = form.get('framework');
      const registered = await clientRegistration.create(metadataOf(kind, form), {
        by: actor,
      });
      return resultPage(registered, { kind, framework, issuer });
    },
  });
}

/** @throws AppError `not_found` */
function kindOf(ctx: Context): Kind {
  const kind = String(ctx.params['kind']);
  if (isKind(kind)) return kind;
  throw new AppError('not_found', 'Page not found.');
}

function isKind(kind: string): kind is Kind {
  return Object.hasOwn(kinds, kind);
}

function fieldsOf(kind: Kind, form: Form | undefined): readonly Field[] {
  const options = frameworkOptions(kind);
  return [
    {
      name: 'name',
      label: 'Name',
      type: 'text',
      isRequired: true,
      value: form?.get('name'),
      maxLength: 100,
      hint: isForApis(kind) ? 'Only administrators see it.' : 'Shown to users when they sign in.',
    },
    ...(options.length > 1
      ? [
          {
            name: 'framework',
            label: 'Framework',
            type: 'select',
            options,
            value: form?.get('framework') ?? options[0]?.value,
          } as const,
        ]
      : []),
    ...(hasRedirects(kind) ? [redirectField(kind, form)] : []),
    ...(kind === 'workload' ? issuerFields(form).filter(({ name }) => name !== 'scope') : []),
    {
      name: 'scope',
      label: 'Allowed scopes',
      type: 'text',
      value: form?.get('scope'),
      hint: 'Separated by spaces. Leave empty to allow all default scopes.',
    },
  ];
}

/** Other kinds of application receive no response through a browser. */
function hasRedirects(kind: Kind): boolean {
  return !isForApis(kind) && kind !== 'device';
}

/** True for kinds of application that obtain tokens without a user. */
function isForApis(kind: Kind): boolean {
  return kind === 'service' || kind === 'workload';
}

function redirectField(kind: Kind, form: Form | undefined): Field {
  const examples = {
    web: 'https://app.example.com/callback',
    spa: 'https://app.example.com/',
    native: 'com.example.app:/callback',
    service: '',
    workload: '',
    device: '',
  };
  return {
    name: 'redirect_uris',
    label: 'Redirect URIs',
    type: 'lines',
    isRequired: true,
    value: form?.get('redirect_uris'),
    hint: 'One per line. Must match exactly.',
    placeholder: examples[kind],
  };
}

function metadataOf(kind: Kind, form: Form): Readonly<Record<string, unknown>> {
  const preset = findPreset(presetOf(form.get('framework')) ?? '') ?? findPresetOfType(kind);
  const scope = form.get('scope').trim();
  return {
    ...(kind === 'workload' ? workloadMetadata(form) : preset?.metadata),
    client_name: form.get('name').trim(),
    ...(hasRedirects(kind) ? { redirect_uris: linesOf(form.get('redirect_uris')) } : {}),
    ...(scope === '' ? {} : { scope }),
  };
}

function resultPage(
  { client, clientSecret }: RegisteredClient,
  { kind, framework, issuer }: { kind: Kind; framework: string; issuer: string },
): PanelPage {
  const [usual = ''] = Object.keys(frameworksOf[kind]);
  const { redirect_uris: uris } = client.metadata;
  const redirectUri = Array.isArray(uris) ? String(uris[0] ?? '') : '';
  const { clientId } = client;
  const snippet = snippetFor(framework || usual, { issuer, clientId, redirectUri });
  const secret: readonly Block[] =
    clientSecret === undefined
      ? []
      : [
          {
            kind: 'code',
            id: 'client-secret',
            title: 'Client secret',
            hint: 'Shown only once. Keep it where the application reads its secrets.',
            text: clientSecret,
          },
        ];
  return {
    title: `${nameOf(client)} is registered`,
    back: { label: 'Clients', href: clientsPath },
    actions: [
      { id: 'done', label: 'To the client', href: clientPath(clientId), scope: 'clients:read' },
    ],
    blocks: [
      { kind: 'code', id: 'client-id', title: 'Client ID', text: clientId },
      ...secret,
      { kind: 'code', id: 'snippet', ...snippet },
    ],
  };
}
