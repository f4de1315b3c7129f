// Actions on one user: block, unblock, sign out, delete, recovery mail, second factors.
import type { Approvals } from '#core/approvals/approvals.service.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import type { ManagementScope } from '#core/clients/scopes.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { requireUser } from '#core/users/users.api.ts';
import type { Context } from '#http/context.ts';
import type { Form } from '#http/request/input.ts';
import { AppError } from '#platform/errors.ts';
import { randomToken } from '#platform/crypto/hashing.ts';
import type { Deletion } from '#features/account-deletion/account-deletion.service.ts';
import type { Recovery } from '#features/recovery/password-reset.service.ts';
import type { Field, FormBlock, PanelPage } from '#features/admin/page/page-model.ts';
import { receiptPage } from '#features/admin/page/receipt.ts';
import { withNotice, type NoticeName } from '#features/admin/panel/notices.pages.ts';
import type { PanelVisit } from '#features/admin/access/panel-guard.pages.ts';
import type { ActionRoute, Outcome, Panel, Protection } from '#features/admin/panel/panel.pages.ts';
import { userPath, usersPath } from './user-list.pages.ts';
import type { User } from '#core/users/users.ts';

export interface UserActionDependencies {
  readonly users: UserStore;
  readonly blocking: Blocking;
  readonly deletion: Deletion;
  readonly recovery: Recovery;
  readonly canSendMail: boolean;
  readonly approvals: Pick<Approvals, 'isRequired'>;
  readonly now: () => Date;
}

/** An action on one user, as its page describes it. */
export interface UserAction {
  readonly name: string;
  readonly title: (user: User) => string;
  /** The consequences, shown before the action. */
  readonly lead: string;
  readonly submit: string;
  readonly isDangerous?: boolean;
  /** By default, `users:write`. */
  readonly scope?: ManagementScope;
  /** By default, `reason`. */
  readonly protection?: Protection;
  readonly fields?: (
    user: User,
    form: Form | undefined,
  ) => readonly Field[] | Promise<readonly Field[]>;
  act(user: User, request: UserActRequest): Promise<Outcome>;
}

export interface UserActRequest {
  readonly ctx: Context;
  readonly visit: PanelVisit;
  readonly form: Form;
}

export function addUserAction(panel: Panel, users: UserStore, action: UserAction): void {
  const find = (ctx: Context) => requireUser(users, String(ctx.params['userId']));
  const route: ActionRoute = {
    path: `${usersPath}/:userId/${action.name}`,
    scope: action.scope ?? 'users:write',
    protection: action.protection ?? 'reason',
    async show(ctx, _visit, form): Promise<PanelPage> {
      const user = await find(ctx);
      const block: FormBlock = {
        kind: 'form',
        fields: (await action.fields?.(user, form)) ?? [],
        submit: action.submit,
        isDangerous: action.isDangerous,
        cancelHref: userPath(user.id),
      };
      return {
        title: action.title(user),
        lead: action.lead,
        back: { label: user.email, href: userPath(user.id) },
        blocks: [block],
      };
    },
    act: async (ctx, visit, form) => action.act(await find(ctx), { ctx, visit, form }),
  };
  panel.action(route);
}

export function backToUser({ id }: User, notice: NoticeName): Outcome {
  return { to: withNotice(userPath(id), notice) };
}

export function addUserActions(panel: Panel, dependencies: UserActionDependencies): void {
  const all = [
    blockUser(dependencies),
    unblock(dependencies),
    signOut(dependencies),
    remove(dependencies),
    sendRecovery(dependencies),
  ];
  for (const action of all) addUserAction(panel, dependencies.users, action);
}

/** Administrators must not lock themselves out. */
function refuseOneself(user: User, visit: PanelVisit): void {
  if (user.id !== visit.user.id) return;
  throw new AppError('conflict', 'This is your own account. Ask another administrator.');
}

function blockUser({ blocking, now }: UserActionDependencies): UserAction {
  return {
    name: 'block',
    title: ({ email }) => `Block ${email}?`,
    lead: 'All sessions, grants and tokens end immediately, and the user can’t sign in until the block ends. The user is notified by email.',
    submit: 'Block user',
    isDangerous: true,
    fields: (_user, form) => [
      {
        name: 'until',
        label: 'Until (UTC)',
        type: 'datetime-local',
        value: form?.get('until'),
        hint: 'Leave empty to block indefinitely.',
      },
    ],
    async act(user, { visit, form }) {
      refuseOneself(user, visit);
      const until = readUntil(form.get('until'), now());
      const reason = form.get('reason').trim();
      const order = { userId: user.id, reason, until, by: visit.actor };
      const receipt = await blocking.blockUser(order);
      return receiptPage(receipt, {
        title: `${user.email} is blocked`,
        back: { label: user.email, href: userPath(user.id) },
      });
    },
  };
}

/** @throws AppError `invalid_input` */
function readUntil(text: string, now: Date): Date | undefined {
  if (text === '') return undefined;
  const until = new Date(`${text}Z`);
  if (/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(text) && until > now) return until;
  throw new AppError('invalid_input', 'The end of the block must be in the future.');
}

function unblock({ blocking }: UserActionDependencies): UserAction {
  return {
    name: 'unblock',
    title: ({ email }) => `Unblock ${email}?`,
    lead: 'The user can sign in again. Sessions and tokens from before the block stay revoked.',
    submit: 'Unblock user',
    async act(user, { visit }) {
      await blocking.unblockUser(user.id, visit.actor);
      return backToUser(user, 'unblocked');
    },
  };
}

function signOut({ blocking }: UserActionDependencies): UserAction {
  return {
    name: 'sign-out',
    title: ({ email }) => `Sign out ${email} everywhere?`,
    lead: 'All sessions end and their tokens are revoked. The user can sign in again right away.',
    submit: 'Sign out everywhere',
    isDangerous: true,
    async act(user, { visit }) {
      const receipt = await blocking.endSessionsOf(user.id, visit.actor);
      return receiptPage(receipt, {
        title: `${user.email} is signed out everywhere`,
        back: { label: user.email, href: userPath(user.id) },
      });
    },
  };
}

function remove({ deletion, approvals }: UserActionDependencies): UserAction {
  const isRequest = approvals.isRequired('users.delete');
  const condition = isRequest ? ' once another administrator approves it' : '';
  return {
    name: 'delete',
    title: ({ email }) => `Delete ${email}?`,
    lead: `The account and its data are permanently deleted${condition}. Audit log entries are kept without personal data.`,
    submit: isRequest ? 'Request deletion' : 'Delete account',
    isDangerous: true,
    fields: (user, form) => [
      {
        name: 'email',
        label: `Type ${user.email} to confirm`,
        type: 'text',
        isRequired: true,
        value: form?.get('email'),
      },
    ],
    async act(user, { visit, form }) {
      refuseOneself(user, visit);
      if (form.get('email').trim() !== user.email) {
        throw new AppError('invalid_input', 'That is not the email address of this account.');
      }
      await deletion.deleteNow(user, visit.actor);
      return { to: withNotice(usersPath, 'deleted') };
    },
  };
}

function sendRecovery({ recovery, canSendMail }: UserActionDependencies): UserAction {
  return {
    name: 'recovery',
    title: ({ email }) => `Send ${email} a recovery email?`,
    lead: 'The email has a link for setting a new password. Nothing changes until the user does.',
    submit: 'Send email',
    protection: 'none',
    async act(user, { ctx }) {
      if (!canSendMail) throw new AppError('conflict', 'Email is not set up: set SMTP_URL first.');
      await recovery.ask(user.email, {
        // No browser requested the mail, so its code is useless and only the link works.
        binding: randomToken(),
        locale: user.claims.locale,
        interaction: undefined,
        address: ctx.ip,
      });
      return backToUser(user, 'recovery-sent');
    },
  };
}
