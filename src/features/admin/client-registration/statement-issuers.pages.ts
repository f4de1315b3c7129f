// Trusted issuers of software statements: list, creation, removal, and one issuer with its keys.
import {
  maxIssuerLength,
  statementIssuerId,
  statementIssuerOfId,
  type StatementIssuer,
} from '#features/client-registration/statements/statement-issuers.ts';
import type { StatementIssuers } from '#features/client-registration/statements/statement-issuers.service.ts';
import { exactTime, plural, relativeTime } from '#features/admin/page/formatting.ts';
import type { Cell, Fact, Field } from '#features/admin/page/page-model.ts';
import { panelPath } from '#features/admin/panel-client.ts';
import { addEntityActions } from '#features/admin/panel/entity-actions.pages.ts';
import { readField } from '#features/admin/panel/fields.pages.ts';
import { listQuery, nextHref, readList } from '#features/admin/panel/lists.pages.ts';
import { withNotice } from '#features/admin/panel/notices.pages.ts';
import type { ActionRoute, Panel } from '#features/admin/panel/panel.pages.ts';
import type { Context } from '#http/context.ts';
import type { Cursors } from '#http/api/cursors.ts';
import { sentence } from '#http/api/schemas.ts';
import type { Form } from '#http/request/input.ts';
import { AppError } from '#platform/errors.ts';

export interface StatementIssuerPageDependencies {
  readonly statementIssuers: StatementIssuers;
  readonly cursors: Cursors;
  readonly now: () => Date;
}

export const statementIssuersPath = `${panelPath}/statement-issuers`;
const back = { label: 'Statement issuers', href: statementIssuersPath };
const pathOf = ({ issuer }: StatementIssuer) =>
  `${statementIssuersPath}/${statementIssuerId(issuer)}`;

const createLink = {
  id: 'new-issuer',
  label: 'Trust an issuer',
  href: `${statementIssuersPath}/new`,
  tone: 'main',
  scope: 'clients:write',
} as const;

export function addStatementIssuers(
  panel: Panel,
  dependencies: StatementIssuerPageDependencies,
): void {
  const { statementIssuers } = dependencies;
  const find = (ctx: Context) =>
    statementIssuers.find(statementIssuerOfId(String(ctx.params['issuerId'])));
  addIssuerList(panel, dependencies);
  // Registered before the page of one issuer, whose path would match it.
  panel.action(trustIssuer(statementIssuers));
  addIssuerDetail(panel, find);
  addEntityActions<StatementIssuer>(
    panel,
    {
      path: `${statementIssuersPath}/:issuerId`,
      scope: 'clients:write',
      find,
      linkOf: (issuer) => ({ label: issuer.issuer, href: pathOf(issuer) }),
    },
    [
      {
        name: 'delete',
        title: ({ issuer }) => `Stop trusting ${issuer}?`,
        lead: () => 'Its statements are no longer accepted. Clients it vouched for are kept.',
        submit: 'Stop trusting',
        isDangerous: true,
        async act({ issuer }, { visit }) {
          await statementIssuers.distrust(issuer, visit.actor);
          return { to: withNotice(statementIssuersPath, 'deleted') };
        },
      },
    ],
  );
}

function addIssuerList(panel: Panel, dependencies: StatementIssuerPageDependencies): void {
  const { statementIssuers, cursors, now } = dependencies;
  panel.page({
    path: statementIssuersPath,
    scope: 'clients:read',
    async show(ctx) {
      const query = readList(ctx, []);
      const list = listQuery(statementIssuersPath, query);
      const page = await statementIssuers.list(cursors.pageOf(list, query.page));
      const shown = cursors.present(list, page, (issuer) => rowOf(issuer, now()));
      return {
        title: 'Statement issuers',
        lead: 'Parties trusted to sign software statements (RFC 7591) for clients that register themselves.',
        back: { label: 'Clients', href: `${panelPath}/clients` },
        actions: [createLink],
        blocks: [
          {
            kind: 'table',
            caption: 'Issuers in alphabetical order',
            columns: [{ label: 'Issuer' }, { label: 'Keys' }, { label: 'Trusted since' }],
            rows: shown.items,
            empty: 'No issuer is trusted, so a registration with a software statement is refused.',
            begin: createLink,
            next: nextHref(statementIssuersPath, query, shown.next_cursor),
          },
        ],
      };
    },
  });
}

function rowOf(issuer: StatementIssuer, now: Date): readonly Cell[] {
  const { description, createdAt } = issuer;
  return [
    { text: issuer.issuer, href: pathOf(issuer), isStrong: true, hint: description },
    describeKeys(issuer),
    relativeTime(createdAt, now),
  ];
}

function describeKeys({ keys }: StatementIssuer): Cell {
  if ('jwksUri' in keys) return { text: keys.jwksUri, isCode: true };
  return `${plural(keys.jwks.keys.length, 'key')}, stored here`;
}

function addIssuerDetail(panel: Panel, find: (ctx: Context) => Promise<StatementIssuer>): void {
  panel.page({
    path: `${statementIssuersPath}/:issuerId`,
    scope: 'clients:read',
    async show(ctx) {
      const issuer = await find(ctx);
      return {
        title: URL.parse(issuer.issuer)?.host ?? issuer.issuer,
        lead: issuer.description,
        back,
        actions: [
          {
            id: 'act-delete',
            label: 'Stop trusting',
            tone: 'danger',
            href: `${pathOf(issuer)}/delete`,
            scope: 'clients:write',
          },
        ],
        blocks: [{ kind: 'facts', title: 'Issuer', facts: factsOf(issuer) }],
      };
    },
  });
}

function factsOf({ issuer, keys, createdAt }: StatementIssuer): readonly Fact[] {
  const shownKeys: Cell =
    'jwksUri' in keys
      ? { text: keys.jwksUri, isCode: true, hint: 'fetched for each registration' }
      : keys.jwks.keys.map(({ kid, kty, alg }) => ({
          text: [kty, alg, kid].filter((part) => part !== undefined).join(' '),
          isCode: true,
        }));
  return [
    { label: 'Issuer (iss)', value: { text: issuer, isCode: true } },
    { label: 'Public keys', value: shownKeys },
    { label: 'Trusted since', value: exactTime(createdAt) },
  ];
}

function trustIssuer(statementIssuers: StatementIssuers): ActionRoute {
  return {
    path: createLink.href,
    scope: 'clients:write',
    protection: 'reason',
    async show(_ctx, _visit, form) {
      return {
        title: 'Trust an issuer',
        lead: 'Its statements set a new client’s name, redirect URIs and scopes.',
        back,
        blocks: [
          {
            kind: 'form',
            submit: 'Trust issuer',
            cancelHref: statementIssuersPath,
            fields: fieldsOf(form),
          },
        ],
      };
    },
    async act(_ctx, visit, form) {
      const trusted = await statementIssuers.trust(requestFrom(form), visit.actor);
      return { to: withNotice(pathOf(trusted), 'created') };
    },
  };
}

function fieldsOf(form: Form | undefined): readonly Field[] {
  const text = (name: string, label: string) =>
    ({ name, label, type: 'text', value: form?.get(name) }) as const;
  return [
    {
      ...text('issuer', 'Issuer'),
      isRequired: true,
      maxLength: maxIssuerLength,
      hint: 'The `iss` of its statements, such as https://statements.example.com',
    },
    { ...text('description', 'Description'), maxLength: 500 },
    {
      name: 'keys',
      label: 'Keys (fill in one)',
      type: 'set',
      fields: [
        {
          ...text('jwks_uri', 'JWKS URL'),
          isAlternative: true,
          hint: 'Must start with https://',
        },
        {
          ...text('jwks', 'Public keys'),
          type: 'lines',
          isAlternative: true,
          hint: 'A JWK Set (RFC 7517). Use this if there’s no JWKS URL.',
        },
      ],
    },
  ];
}

/** @throws AppError `invalid_input` */
function requestFrom(form: Form) {
  const given = (name: string) => form.get(name).trim() || undefined;
  return {
    issuer: given('issuer') ?? '',
    description:
      given('description') && readField(form, 'description', sentence, 'The description'),
    jwksUri: given('jwks_uri'),
    jwks: readKeys(given('jwks')),
  };
}

function readKeys(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('invalid_input', 'The public keys are not well-formed JSON.', { cause });
  }
}
