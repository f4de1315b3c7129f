// Decides which account pages redirect to the reauthentication page before they show their forms. An
// administrator who views the account for support cannot reauthenticate, and is not redirected.
import type { Context } from '#http/context.ts';
import type { ReauthenticationView } from './reauthentication-gate.ts';

/** The reauthentication page, for a page that shows nothing before reauthentication. */
export function confirmFirst(ctx: Context, asked: ReauthenticationView): string | undefined {
  return asked.isProven || ctx.state.impersonation ? undefined : confirmPath(ctx, asked.back);
}

/** The reauthentication page if the form of the action cannot ask for what is required. */
export function confirmUntyped(ctx: Context, asked: ReauthenticationView): string | undefined {
  return asked.canBeTyped ? undefined : confirmFirst(ctx, asked);
}

/** The reauthentication page if the user can choose between methods, which need a separate page. */
export function confirmChoice(ctx: Context, asked: ReauthenticationView): string | undefined {
  const hasChoice = asked.passkey !== undefined || asked.providers.length > 0;
  return hasChoice ? confirmFirst(ctx, asked) : confirmUntyped(ctx, asked);
}

/** Passes on the error that the page of the action would show. */
function confirmPath(ctx: Context, back: string): string {
  const { problem } = ctx.query;
  const said = typeof problem === 'string' ? `&problem=${encodeURIComponent(problem)}` : '';
  return `/auth/account/confirm?back=${back}${said}`;
}
