// API resources: the audiences of access tokens.
import type { ApiResource } from '#core/clients/clients.ts';
import type { ApiResourceStore } from '#core/clients/api-resources.store.ts';
import type { ResourceAdministration } from '#core/clients/administration/resource-administration.service.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import { managementAudience } from '#core/clients/scopes.ts';
import type { Context } from '#http/context.ts';
import type { Form } from '#http/request/input.ts';
import { AppError } from '#platform/errors.ts';
import { panelPath } from '#features/admin/panel-client.ts';
import type { Cell, Field, RichText } from '#features/admin/page/page-model.ts';
import { withNotice } from '#features/admin/panel/notices.pages.ts';
import {
  currentValues,
  requireVersion,
  versionField,
} from '#features/admin/panel/versions.pages.ts';
import {
  audienceFrom,
  resourceFacts,
  resourceFields,
  resourceFrom,
} from './resource-form.pages.ts';
import type { ActionRoute, Panel } from '#features/admin/panel/panel.pages.ts';

export interface ResourcePageDependencies {
  readonly apiResources: ApiResourceStore;
  readonly clients: Clients;
  readonly resourceAdministration: ResourceAdministration;
  readonly issuer: string;
}

const path = `${panelPath}/resources`;

/** A row of the list names this many. */
const shownScopes = 6;

export function addResourcePages(panel: Panel, dependencies: ResourcePageDependencies): void {
  const { apiResources, clients, issuer } = dependencies;

  panel.page({
    path,
    scope: 'resources:read',
    async show(_ctx, visit) {
      const own = await clients.findResource(managementAudience(issuer));
      const others = await apiResources.list();
      const mayWrite = visit.may('resources:write');
      return {
        title: 'API resources',
        lead: 'The APIs that access tokens are issued for, each with its scopes.',
        actions: [
          {
            id: 'new-resource',
            label: 'Add an API',
            href: `${path}/new`,
            tone: 'main',
            scope: 'resources:write',
          },
        ],
        blocks: [
          {
            kind: 'table',
            caption: 'API resources by audience',
            columns: [
              { label: 'Audience' },
              { label: 'Token format' },
              { label: 'Scopes' },
              { label: 'Action' },
            ],
            rows: [
              ...(own ? [rowOf(own, '', [{ text: 'built in', tag: 'quiet' }])] : []),
              ...others.map((resource) => rowOf(resource, mayWrite ? linksOf(resource) : '')),
            ],
            empty: 'No APIs.',
          },
        ],
      };
    },
  });
  panel.action(create(dependencies));
  panel.action(edit(dependencies));
  panel.action(remove(dependencies));
}

function rowOf(
  resource: ApiResource,
  actions: Cell,
  tags: readonly RichText[] = [],
): readonly Cell[] {
  const { audience, accessTokenFormat, accessTokenSeconds, scopes, detailTypes = [] } = resource;
  const isLimited = resource.requiresPermission === true;
  const hidden = scopes.length - shownScopes;
  const life = accessTokenSeconds === undefined ? 'default lifetime' : `${accessTokenSeconds} s`;
  return [
    [{ text: audience, isCode: true }, ...tags],
    { text: accessTokenFormat, hint: isLimited ? `${life}, limited to roles` : life },
    [
      ...scopes.slice(0, shownScopes).map((text, index) => ({
        text,
        tag: 'quiet' as const,
        hint: index === shownScopes - 1 && hidden > 0 ? `and ${hidden} more` : undefined,
      })),
      ...detailTypes.map(({ type }) => ({ text: `authorization_details: ${type}` })),
    ],
    actions,
  ];
}

function linksOf({ audience }: ApiResource): Cell {
  const query = new URLSearchParams({ audience }).toString();
  return [
    { text: 'Edit', href: `${path}/edit?${query}` },
    { text: 'Delete', href: `${path}/delete?${query}`, isDangerous: true },
  ];
}

function create({ clients, resourceAdministration }: ResourcePageDependencies): ActionRoute {
  return {
    path: `${path}/new`,
    scope: 'resources:write',
    protection: 'recent',
    async show(_ctx, _visit, form) {
      return {
        title: 'Add an API',
        lead: 'Clients can then get access tokens for it, with its scopes.',
        back: { label: 'API resources', href: path },
        blocks: [
          {
            kind: 'form',
            submit: 'Add the API',
            cancelHref: path,
            fields: [
              {
                name: 'audience',
                label: 'Audience',
                type: 'text',
                isRequired: true,
                value: form?.get('audience'),
                hint: 'Clients send this URI in `resource`; tokens carry it in `aud`.',
              },
              ...resourceFields(undefined, form),
            ],
          },
        ],
      };
    },
    async act(_ctx, { actor }, form) {
      const audience = audienceFrom(form);
      if (await clients.findResource(audience)) {
        throw new AppError('conflict', 'There is already an API with this audience.');
      }
      await resourceAdministration.create({ audience, ...resourceFrom(form) }, actor);
      return { to: withNotice(path, 'created') };
    },
  };
}

function edit({ clients, resourceAdministration }: ResourcePageDependencies): ActionRoute {
  return {
    path: `${path}/edit`,
    scope: 'resources:write',
    protection: 'reason',
    async show(ctx, _visit, form) {
      const resource = await requireResource(clients, audienceOf(ctx, form));
      return {
        title: 'Edit an API',
        lead: resource.audience,
        back: { label: 'API resources', href: path },
        blocks: [
          ...currentValues(form, resource, resourceFacts(resource)),
          {
            kind: 'form',
            submit: 'Save',
            cancelHref: path,
            fields: [
              hiddenAudience(resource),
              versionField(resource),
              ...resourceFields(resource, form),
            ],
          },
        ],
      };
    },
    async act(_ctx, { actor }, form) {
      await resourceAdministration.update(form.get('audience'), resourceFrom(form), {
        by: actor,
        check: (before) => requireVersion(form, before),
      });
      return { to: withNotice(path, 'saved') };
    },
  };
}

function remove({ clients, resourceAdministration }: ResourcePageDependencies): ActionRoute {
  return {
    path: `${path}/delete`,
    scope: 'resources:write',
    protection: 'reason',
    async show(ctx, _visit, form) {
      const resource = await requireResource(clients, audienceOf(ctx, form));
      return {
        title: 'Delete this API?',
        lead: `No further tokens are issued for ${resource.audience}. Existing tokens stay valid until they expire.`,
        back: { label: 'API resources', href: path },
        blocks: [
          {
            kind: 'form',
            submit: 'Delete the API',
            isDangerous: true,
            cancelHref: path,
            fields: [hiddenAudience(resource)],
          },
        ],
      };
    },
    async act(_ctx, { actor }, form) {
      await resourceAdministration.remove(form.get('audience'), actor);
      return { to: withNotice(path, 'deleted') };
    },
  };
}

function audienceOf(ctx: Context, form: Form | undefined): string {
  return form?.get('audience') ?? new URLSearchParams(ctx.querystring).get('audience') ?? '';
}

/** @throws AppError `not_found` */
async function requireResource(clients: Clients, audience: string): Promise<ApiResource> {
  const resource = await clients.findResource(audience);
  if (resource) return resource;
  throw new AppError('not_found', 'There is no API with this audience.');
}

function hiddenAudience({ audience }: ApiResource): Field {
  return { name: 'audience', label: 'Audience', type: 'hidden', value: audience };
}
