// A person's own page, the sign-in to it, and the start page at the issuer's address.
import type Router from '@koa/router';
import type { Context } from '#http/context.ts';
import { statusOf, type SignInAttempts } from '#http/forms/sign-in-attempts.ts';
import type { OwnPages } from './own-pages.ts';

export interface AccountPageDependencies {
  readonly own: OwnPages;
  readonly attempts: SignInAttempts;
  readonly registrationOpen: boolean;
  readonly developmentPages: boolean;
}

const problems = {
  wrong: 'sign-in.problem.wrong',
  blocked: 'sign-in.problem.refused',
  missing: 'sign-in.problem.missing',
  throttled: 'sign-in.problem.throttled',
} as const;

export function addAccountPages(router: Router, dependencies: AccountPageDependencies): void {
  const { own, attempts, registrationOpen, developmentPages } = dependencies;
  const registerHref = registrationOpen ? own.address('/auth/register') : undefined;
  const playgroundHref = developmentPages ? own.address('/auth/playground') : undefined;

  function showSignIn(ctx: Context, login: string, problem?: keyof typeof problems): void {
    const locals = {
      action: own.address('/auth/sign-in'),
      formToken: own.formToken(ctx),
      login,
      problem: problem && problems[problem],
      registerHref,
    };
    own.render(ctx, 'sign-in', locals, problem ? statusOf(problem) : 200);
  }

  router.get('/', async (ctx) => {
    const signedIn = await own.signedIn(ctx);
    own.render(ctx, 'home', {
      discoveryHref: own.address('/.well-known/openid-configuration'),
      playgroundHref,
      ...(signedIn
        ? { accountHref: own.address('/auth/account') }
        : { signInHref: own.address('/auth/sign-in'), registerHref }),
    });
  });

  router.get('/auth/sign-in', async (ctx) => {
    if (await own.signedIn(ctx)) return own.redirect(ctx, '/auth/account');
    return showSignIn(ctx, '');
  });

  router.post('/auth/sign-in', async (ctx) => {
    const form = await own.readForm(ctx);
    const login = form.get('login');
    const outcome = await attempts.attempt(ctx, { login, password: form.get('password') });
    if (!outcome.ok) return showSignIn(ctx, login, outcome.reason);
    await outcome.settle();
    return own.signInAndShowAccount(ctx, outcome.user);
  });

  router.get('/auth/account', async (ctx) => {
    const signedIn = await own.signedIn(ctx);
    if (!signedIn) return own.redirect(ctx, '/auth/sign-in');
    const { claims, email, emailVerified } = signedIn.user;
    return own.render(ctx, 'account', {
      user: { name: claims.name, email, emailVerified },
      signOutHref: own.address('/oauth2/logout'),
      playgroundHref,
    });
  });
}
