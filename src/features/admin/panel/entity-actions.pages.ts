// Actions on one thing that the path names, such as a group: each has a page that says what it
// causes, and its form.
import type { ManagementScope } from '#core/clients/scopes.ts';
import type { Context } from '#http/context.ts';
import type { Form } from '#http/request/input.ts';
import type { PanelVisit } from '#features/admin/access/panel-guard.pages.ts';
import type { Block, Field, Link } from '#features/admin/page/page-model.ts';
import type { Outcome, Panel, Protection } from './panel.pages.ts';

export interface EntityKind<Entity> {
  /** With the parameter that names it, such as `/auth/admin/groups/:groupId`. */
  readonly path: string;
  readonly scope: ManagementScope;
  /** @throws AppError `not_found` */
  find(ctx: Context): Promise<Entity>;
  linkOf(entity: Entity): Link;
}

export interface Asked {
  readonly ctx: Context;
  readonly visit: PanelVisit;
  /** What was sent, when the form is shown again. */
  readonly form: Form | undefined;
}

export type Sent = Asked & { readonly form: Form };

export interface EntityAction<Entity> {
  /** The end of the path. */
  readonly name: string;
  title(entity: Entity, asked: Asked): string | Promise<string>;
  /** What it causes, before it is done. */
  lead?(entity: Entity, asked: Asked): string | Promise<string>;
  readonly submit: string;
  readonly isDangerous?: boolean;
  /** `reason` by default. */
  readonly protection?: Protection;
  fields?(entity: Entity, asked: Asked): readonly Field[] | Promise<readonly Field[]>;
  /** Blocks above the form. */
  above?(entity: Entity, asked: Asked): readonly Block[];
  act(entity: Entity, sent: Sent): Promise<Outcome>;
}

export function addEntityActions<Entity>(
  panel: Panel,
  kind: EntityKind<Entity>,
  actions: readonly EntityAction<Entity>[],
): void {
  for (const action of actions) addEntityAction(panel, kind, action);
}

function addEntityAction<Entity>(
  panel: Panel,
  { path, scope, find, linkOf }: EntityKind<Entity>,
  action: EntityAction<Entity>,
): void {
  panel.action({
    path: `${path}/${action.name}`,
    scope,
    protection: action.protection ?? 'reason',
    async show(ctx, visit, form) {
      const entity = await find(ctx);
      const asked = { ctx, visit, form };
      const back = linkOf(entity);
      return {
        title: await action.title(entity, asked),
        lead: await action.lead?.(entity, asked),
        back,
        blocks: [
          ...(action.above?.(entity, asked) ?? []),
          {
            kind: 'form',
            fields: (await action.fields?.(entity, asked)) ?? [],
            submit: action.submit,
            isDangerous: action.isDangerous,
            cancelHref: back.href,
          },
        ],
      };
    },
    act: async (ctx, visit, form) => action.act(await find(ctx), { ctx, visit, form }),
  });
}
