// API resources: the audiences of access tokens.
import type { Config } from '#config/config.ts';
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
  audienceField,
  audienceFrom,
  resourceFacts,
  resourceFields,
  resourceFrom,
} from './resource-form.pages.ts';
import type { ActionRoute, Panel } from '#features/admin/panel/panel.pages.ts';

export interface ResourcePageDependencies {
  readonly apiResources: ApiResourceStore;
  readonly clients: Clients;
  readonly config: Pick<Config, 'accessTokenSeconds'>;
  readonly resourceAdministration: ResourceAdministration;
  readonly issuer: string;
}

const path = `${panelPath}/resources`;

/** Maximum number of scopes that a row of the list names. */
const shownScopes = 6;

const builtIn: readonly RichText[] = [{ text: 'built in', tag: 'quiet' }];

export function addResourcePages(panel: Panel, dependencies: ResourcePageDependencies): void {
  const { apiResources, clients, issuer } = dependencies;

  panel.page({
    path,
    scope: 'resources:read',
    async show(ctx, visit) {
      const all = new URLSearchParams(ctx.querystring).get('all');
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
              ...(own ? [rowOf(own, '', { tags: builtIn, all })] : []),
              ...others.map((each) => rowOf(each, mayWrite ? linksOf(each) : '', { all })),
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

interface RowOptions {
  readonly tags?: readonly RichText[];
  /** The audience whose scopes are all shown. */
  readonly all: string | null;
}

function rowOf(
  resource: ApiResource,
  actions: Cell,
  { tags = [], all }: RowOptions,
): readonly Cell[] {
  const { audience, accessTokenFormat, accessTokenSeconds, scopes, detailTypes = [] } = resource;
  const isLimited = resource.requiresPermission === true;
  const shown = all === audience ? scopes : scopes.slice(0, shownScopes);
  const hidden = scopes.length - shown.length;
  const life = accessTokenSeconds === undefined ? 'default lifetime' : `${accessTokenSeconds} s`;
  return [
    [{ text: audience, isCode: true }, ...tags],
    { text: accessTokenFormat, hint: isLimited ? `${life}, limited to roles` : life },
    [
      ...shown.map((text) => ({ text, tag: 'quiet' as const })),
      ...(hidden > 0 ? [{ text: `and ${hidden} more`, href: `${path}?${allOf(resource)}` }] : []),
      ...detailTypes.map(({ type }) => ({ text: `authorization_details: ${type}` })),
    ],
    actions,
  ];
}

function allOf({ audience }: ApiResource): string {
  return new URLSearchParams({ all: audience }).toString();
}

function linksOf({ audience }: ApiResource): Cell {
  const query = new URLSearchParams({ audience }).toString();
  return [
    { text: 'Edit', href: `${path}/edit?${query}` },
    { text: 'Delete', href: `${path}/delete?${query}`, isDangerous: true },
  ];
}

function create({
  clients,
  config,
  resourceAdministration,
}: ResourcePageDependencies): ActionRoute {
  return {
    path: `${path}/new`,
    scope: 'resources:write',
    protection: 'recent',
    async show(_ctx, _visit, form) {
      return {
        title: 'Add an API',
        lead: 'Clients can then request access tokens for it, limited to its scopes.',
        back: { label: 'API resources', href: path },
        blocks: [
          {
            kind: 'form',
            submit: 'Add API',
            cancelHref: path,
            fields: [
              audienceField(form),
              ...resourceFields(undefined, form, config.accessTokenSeconds),
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

function edit({ clients, config, resourceAdministration }: ResourcePageDependencies): ActionRoute {
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
              ...resourceFields(resource, form, config.accessTokenSeconds),
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
            submit: 'Delete API',
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
