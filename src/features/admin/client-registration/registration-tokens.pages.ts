// Initial access tokens, with which developers register clients: list, creation, revocation.
import { z } from 'zod';
import { relativeTime } from '#features/admin/page/formatting.ts';
import type { Cell, Field } from '#features/admin/page/page-model.ts';
import { panelPath } from '#features/admin/panel-client.ts';
import { addEntityActions } from '#features/admin/panel/entity-actions.pages.ts';
import { readField } from '#features/admin/panel/fields.pages.ts';
import { listQuery, nextHref, readList } from '#features/admin/panel/lists.pages.ts';
import { withNotice } from '#features/admin/panel/notices.pages.ts';
import type { ActionRoute, Panel } from '#features/admin/panel/panel.pages.ts';
import {
  defaultTokenSeconds,
  maxTokenSeconds,
  maxTokenUses,
  type InitialAccessToken,
} from '#features/client-registration/tokens/initial-access-tokens.ts';
import type { InitialAccessTokens } from '#features/client-registration/tokens/initial-access-tokens.service.ts';
import type { Cursors } from '#http/api/cursors.ts';
import { sentence } from '#http/api/schemas.ts';
import type { Form } from '#http/request/input.ts';

export interface RegistrationTokenDependencies {
  readonly initialAccessTokens: InitialAccessTokens;
  readonly cursors: Cursors;
  readonly now: () => Date;
}

const daySeconds = 24 * 60 * 60;
const maxDays = maxTokenSeconds / daySeconds;
export const registrationTokensPath = `${panelPath}/registration-tokens`;
const back = { label: 'Registration tokens', href: registrationTokensPath };

const createLink = {
  id: 'new-token',
  label: 'Create a token',
  href: `${registrationTokensPath}/new`,
  tone: 'main',
  scope: 'clients:write',
} as const;

export function addRegistrationTokens(
  panel: Panel,
  dependencies: RegistrationTokenDependencies,
): void {
  const { initialAccessTokens: tokens } = dependencies;
  addTokenList(panel, dependencies);
  panel.action(createToken(tokens));
  addEntityActions<InitialAccessToken>(
    panel,
    {
      path: `${registrationTokensPath}/:id`,
      scope: 'clients:write',
      find: (ctx) => tokens.find(String(ctx.params['id'])),
      linkOf: () => back,
    },
    [
      {
        name: 'revoke',
        title: ({ description }) => `Revoke ${description ?? 'this token'}?`,
        lead: () => 'It can no longer register clients. Clients it already registered are kept.',
        submit: 'Revoke the token',
        isDangerous: true,
        async act({ id }, { visit }) {
          await tokens.revoke(id, visit.actor);
          return { to: withNotice(registrationTokensPath, 'deleted') };
        },
      },
    ],
  );
}

function addTokenList(panel: Panel, dependencies: RegistrationTokenDependencies): void {
  const { initialAccessTokens, cursors, now } = dependencies;
  panel.page({
    path: registrationTokensPath,
    scope: 'clients:read',
    async show(ctx) {
      const query = readList(ctx, []);
      const list = listQuery(registrationTokensPath, query);
      const page = await initialAccessTokens.list(cursors.pageOf(list, query.page));
      const shown = cursors.present(list, page, (token) => rowOf(token, now()));
      return {
        title: 'Registration tokens',
        lead: 'Let developers register clients themselves, using an initial access token (RFC 7591).',
        back: { label: 'Clients', href: `${panelPath}/clients` },
        actions: [createLink],
        blocks: [
          {
            kind: 'table',
            caption: 'Tokens in the order of creation',
            columns: [
              { label: 'Token' },
              { label: 'Clients' },
              { label: 'Expires' },
              { label: 'Action' },
            ],
            rows: shown.items,
            empty:
              'With CLIENT_REGISTRATION=token, a developer needs one of these to register a client.',
            begin: createLink,
            next: nextHref(registrationTokensPath, query, shown.next_cursor),
          },
        ],
      };
    },
  });
}

function rowOf(token: InitialAccessToken, now: Date): readonly Cell[] {
  const { id, description, uses, maxUses, expiresAt } = token;
  return [
    { text: description ?? 'Without a description', isStrong: true, hint: id, isCodeHint: true },
    `${uses} of ${maxUses}`,
    relativeTime(expiresAt, now),
    { text: 'Revoke', href: `${registrationTokensPath}/${id}/revoke`, isDangerous: true },
  ];
}

function createToken(tokens: InitialAccessTokens): ActionRoute {
  return {
    path: createLink.href,
    scope: 'clients:write',
    protection: 'reason',
    async show(_ctx, _visit, form) {
      return {
        title: 'Create a registration token',
        lead: 'The next page shows the token once. Its holder chooses the name of the client.',
        back,
        blocks: [
          {
            kind: 'form',
            submit: 'Create token',
            cancelHref: registrationTokensPath,
            fields: fieldsOf(form),
          },
        ],
      };
    },
    async act(_ctx, visit, form) {
      const created = await tokens.create(requestFrom(form), visit.actor);
      return {
        title: 'The token is created',
        back,
        blocks: [
          {
            kind: 'code',
            id: 'registration-token',
            title: 'Initial access token',
            hint: 'Shown only once. It is sent as a bearer token with the registration.',
            text: created.plainToken,
          },
        ],
      };
    },
  };
}

function fieldsOf(form: Form | undefined): readonly Field[] {
  return [
    {
      name: 'description',
      label: 'Purpose',
      type: 'text',
      isRequired: true,
      maxLength: 500,
      value: form?.get('description'),
    },
    {
      name: 'uses',
      label: 'Number of clients it can register',
      type: 'text',
      isRequired: true,
      maxLength: 5,
      value: form?.get('uses') ?? '1',
    },
    {
      name: 'days',
      label: 'Days until it expires',
      type: 'text',
      isRequired: true,
      maxLength: 3,
      value: form?.get('days') ?? String(defaultTokenSeconds / daySeconds),
    },
  ];
}

const countUpTo = (most: number) =>
  z
    .string()
    .regex(/^[1-9]\d{0,4}$/)
    .transform(Number)
    .refine((count) => count <= most)
    .describe(`a whole number from 1 to ${most}`);

/** @throws AppError `invalid_input` */
function requestFrom(form: Form) {
  return {
    description: readField(form, 'description', sentence, 'The description'),
    maxUses: readField(form, 'uses', countUpTo(maxTokenUses), 'The number of clients'),
    lifetimeSeconds: readField(form, 'days', countUpTo(maxDays), 'The number of days') * daySeconds,
  };
}
