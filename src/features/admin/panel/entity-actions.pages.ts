// Actions on one object that the path names, such as a group. Each has a page with its form, which explains
// the consequences.
import type { ManagementScope } from '#core/clients/scopes.ts';
import type { Context } from '#http/context.ts';
import type { Form } from '#http/request/input.ts';
import type { PanelVisit } from '#features/admin/access/panel-guard.pages.ts';
import type { Block, Field, Link } from '#features/admin/page/page-model.ts';
import type { Outcome, Panel, Protection } from './panel.pages.ts';

export interface EntityKind<Entity> {
  /** Path with the parameter for the object, such as `/auth/admin/groups/:groupId`. */
  readonly path: string;
  readonly scope: ManagementScope;
  /** @throws AppError `not_found` */
  find(ctx: Context): Promise<Entity>;
  linkOf(entity: Entity): Link;
}

export interface Asked {
  readonly ctx: Context;
  readonly visit: PanelVisit;
  /** The submitted values, if the form is shown again. */
  readonly form: Form | undefined;
}

export type Sent = Asked & { readonly form: Form };

export interface EntityAction<Entity> {
  /** The last segment of the path. */
  readonly name: string;
  title(entity: Entity, asked: Asked): string | Promise<string>;
  /** The consequences, shown before the action. */
  lead?(entity: Entity, asked: Asked): string | Promise<string>;
  readonly submit: string;
  readonly isDangerous?: boolean;
  /** By default, `reason`. */
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
