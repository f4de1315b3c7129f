// Adds pages and actions to the panel. A page shows blocks to an administrator who has its scope. An
// action has a page with its form and a POST at the same address, which requires the CSRF token, the
// scope, and for most actions a recent authentication.
import type Router from '@koa/router';
import { ApprovalPending } from '#core/approvals/approvals.ts';
import type { Approvals } from '#core/approvals/approvals.service.ts';
import type { Rank, Target } from '#core/access-control/rank.service.ts';
import type { ManagementScope } from '#core/clients/scopes.ts';
import type { Context } from '#http/context.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import { presentFields, type Form } from '#http/request/input.ts';
import { multipartType } from '#http/request/multipart.ts';
import type { SitePages } from '#http/site-pages.ts';
import { noteReason, type RequestOriginSlot } from '#platform/request/request-origin.ts';
import { AppError, isAppError } from '#platform/errors.ts';
import { isUuid } from '#platform/uuid.ts';
import { panelPath } from '#features/admin/panel-client.ts';
import type { Block, FormBlock, PanelPage } from '#features/admin/page/page-model.ts';
import { pathOf, renderPage } from './panel-view.pages.ts';
import { refusedPage } from './refused.pages.ts';
import { reasonField, readReason } from './reason.pages.ts';
import {
  visitNeeding,
  type PanelGuard,
  type PanelVisit,
} from '#features/admin/access/panel-guard.pages.ts';
import { waitingPage } from './waiting.pages.ts';

export interface PanelDependencies {
  readonly router: Router;
  readonly site: SitePages;
  readonly guard: PanelGuard;
  readonly requestOrigin: RequestOriginSlot;
  readonly rank: Rank;
  readonly approvals: Approvals;
  readonly now: () => Date;
}

export interface PageRoute {
  readonly path: string;
  readonly scope: ManagementScope;
  show(ctx: Context, visit: PanelVisit): Promise<PanelPage>;
}

export interface DocumentRoute extends Pick<PageRoute, 'path' | 'scope'> {
  send(ctx: Context): void;
}

/** Where to redirect after the action, or a page with its result. */
export type Outcome = { readonly to: string } | PanelPage;

/**
 * Required besides the CSRF token. `recent`: a recent authentication. `reason`: also the reason for a
 * destructive action, which the audit log records.
 */
export type Protection = 'none' | 'recent' | 'reason';

export interface ActionRoute {
  readonly path: string;
  readonly scope: ManagementScope;
  readonly protection: Protection;
  show(ctx: Context, visit: PanelVisit, form: Form | undefined): Promise<PanelPage>;
  /** The form has a file, which may be empty. */
  readonly upload?: UploadRules;
  act(ctx: Context, visit: PanelVisit, form: Form, file?: Buffer): Promise<Outcome>;
}

/** The name of the field, and the limits of its file. */
export type UploadRules = Parameters<SitePages['readUpload']>[1];

export function createPanel(dependencies: PanelDependencies) {
  const { router, site, guard, requestOrigin, rank, now } = dependencies;

  const render = (ctx: Context, visit: PanelVisit, page: PanelPage, status = 200) =>
    renderPage(dependencies, { ctx, visit, page, status });

  /** Shows the page, or a page that tells users without the scope what they can do. */
  async function open(ctx: Context, scope: ManagementScope, returnTo: string) {
    guard.enter(ctx);
    const visit = await guard.visit(ctx, { scope, returnTo });
    if (!visit || visit.may(scope)) return visit;
    await render(ctx, visit, refusedPage(visit), 403);
    return undefined;
  }

  async function showAction(ctx: Context, visit: PanelVisit, route: ActionRoute, again?: Again) {
    const page = await route.show(ctx, visit, again?.form);
    const blocks = page.blocks.map((block) =>
      block.kind === 'form' && route.protection === 'reason'
        ? withReason(block, again?.form)
        : block,
    );
    const alert = again ? [problemNote(again.problem)] : [];
    await render(ctx, visit, { ...page, blocks: [...alert, ...blocks] }, again?.status);
  }

  /** Rethrows errors that the administrator cannot correct. */
  async function showRefusal(ctx: Context, visit: PanelVisit, { route, form, error }: Refusal) {
    if (error instanceof ApprovalPending) {
      return render(ctx, visit, waitingPage(error.approval, now()), 202);
    }
    if (!(error instanceof AppError) || error.status >= 500) throw error;
    return showAction(ctx, visit, route, { form, problem: error.message, status: error.status });
  }

  /** `undefined` if the file is too large; the page then says so. */
  async function readUpload(ctx: Context, visit: PanelVisit, route: ActionRoute) {
    if (!route.upload || !ctx.is(multipartType)) return { form: await site.readForm(ctx) };
    try {
      return await site.readUpload(ctx, route.upload);
    } catch (error) {
      if (!isAppError(error, 'too_large')) throw error;
      const form = presentFields(new Map());
      await showRefusal(ctx, visit, { route, form, error });
      return undefined;
    }
  }

  async function act(ctx: Context, visitor: PanelVisit, route: ActionRoute, sent: Sent) {
    const { form, file } = sent;
    const visit = visitNeeding(visitor, route.scope);
    if (route.protection === 'reason') noteReason(requestOrigin, readReason(form));
    await rank.check(visit.actor, targetOf(ctx));
    const outcome = await route.act(ctx, visit, form, file);
    if ('to' in outcome) return site.redirect(ctx, outcome.to);
    return render(ctx, visit, outcome);
  }

  return {
    page({ path, scope, show }: PageRoute): void {
      router.get(path, async (ctx) => {
        const visit = await open(ctx, scope, pathOf(ctx) + queryOf(ctx));
        if (visit) await render(ctx, visit, await show(ctx, visit));
      });
    },
    /** A document that the panel shows in a frame, or the style sheet of one. */
    document({ path, scope, send }: DocumentRoute): void {
      router.get(path, async (ctx) => {
        const visit = await open(ctx, scope, panelPath);
        if (visit) send(ctx);
      });
    },
    action(route: ActionRoute): void {
      const { path, scope, protection } = route;
      const needsRecent = protection !== 'none';
      router.get(path, async (ctx) => {
        const returnTo = pathOf(ctx) + queryOf(ctx);
        const visit = await open(ctx, scope, returnTo);
        if (!visit || (needsRecent && !(await guard.confirmIdentity(ctx, visit, returnTo)))) return;
        await showAction(ctx, visit, route);
      });
      router.post(path, unlimited('signedIn'), async (ctx) => {
        // The file is read only after the sender is authenticated.
        const form = route.upload ? undefined : await site.readForm(ctx);
        const visit = await open(ctx, scope, pathOf(ctx));
        if (!visit || (needsRecent && !(await guard.confirmIdentity(ctx, visit, pathOf(ctx)))))
          return;
        const sent = form ? { form } : await readUpload(ctx, visit, route);
        if (!sent) return;
        await act(ctx, visit, route, sent).catch((error: unknown) =>
          showRefusal(ctx, visit, { route, form: sent.form, error }),
        );
      });
    },
  };
}

export type Panel = ReturnType<typeof createPanel>;

interface Sent {
  readonly form: Form;
  readonly file?: Buffer;
}

interface Refusal {
  readonly route: ActionRoute;
  readonly form: Form;
  readonly error: unknown;
}

interface Again {
  readonly form: Form;
  readonly problem: string;
  readonly status: number;
}

/** The id of the user, session or client in the path of an action. */
function targetOf(ctx: Context): Target {
  const { userId, uid, clientId } = ctx.params;
  return { userId: isUuid(String(userId)) ? String(userId) : undefined, sessionUid: uid, clientId };
}

function problemNote(text: string): Block {
  return { kind: 'note', id: 'error', tone: 'danger', text };
}

function withReason(block: FormBlock, form: Form | undefined): FormBlock {
  return { ...block, fields: [...block.fields, reasonField(form?.get('reason'))] };
}

function queryOf(ctx: Context): string {
  return ctx.querystring === '' ? '' : `?${ctx.querystring}`;
}
