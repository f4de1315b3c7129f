// Confirmations after a redirect, chosen by the `done` query parameter from a fixed list.
import type { Context } from '#http/context.ts';

const notices = {
  saved: 'The changes are saved.',
  created: 'It is created.',
  deleted: 'It is deleted.',
  invited: 'The invitation is on its way.',
  unblocked: 'The block is removed.',
  'role-granted': 'The role is assigned.',
  'role-withdrawn': 'Role removed. Tokens already issued lose it too.',
  'factor-removed': 'The factor is removed, and the user is notified by email.',
  'recovery-sent': 'The email with the recovery link is on its way.',
  unlinked: 'The linked account is removed.',
  'member-added': 'The user is a member now.',
  'member-removed': 'The user is no longer a member.',
  replayed: 'The message will be sent again within seconds.',
  enabled: 'It receives events again.',
  disabled: 'It receives no further events.',
  approved: 'It is approved and done.',
  rejected: 'Request rejected. Nothing was changed.',
  rotated: 'The new keys are published. They sign after the time shown.',
  'keys-replaced':
    'All keys have been replaced. Anything signed with earlier keys is no longer accepted.',
  'key-retired': 'The key is retired.',
  retried: 'The jobs will be retried within seconds.',
} as const;

export type NoticeName = keyof typeof notices;

export function noticeOf(ctx: Context): string | undefined {
  const { done } = ctx.query;
  if (typeof done !== 'string' || !Object.hasOwn(notices, done)) return undefined;
  // True because it is a key of the object.
  return notices[done as NoticeName];
}

export function withNotice(path: string, notice: NoticeName): string {
  return `${path}${path.includes('?') ? '&' : '?'}done=${notice}`;
}
