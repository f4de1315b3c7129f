// Deleting one's account, with the password and the second proof once more; and keeping it after all.
import type Router from '@koa/router';
import type { Context } from '#http/context.ts';
import type { OwnPages } from '#http/pages/own-pages.ts';
import { coolingOffDays, type Deletion } from '#services/accounts/deletion.ts';
import { createOwnProof, type OwnProofDependencies, type ProofProblems } from './data/own-proof.ts';
import type { AccountDoor, AccountVisit } from './signed-in.ts';

export interface DeletionPageDependencies extends OwnProofDependencies {
  readonly own: OwnPages;
  readonly door: AccountDoor;
  readonly deletion: Deletion;
}

const path = '/auth/account/delete';

export function addDeletionPages(router: Router, dependencies: DeletionPageDependencies): void {
  const { own, door, deletion } = dependencies;
  const ownProof = createOwnProof(dependencies);

  async function show(
    ctx: Context,
    visit: AccountVisit,
    problems: ProofProblems = {},
    status = 200,
  ): Promise<void> {
    const locals = {
      action: own.address(path),
      formToken: own.formToken(ctx),
      days: coolingOffDays,
      ...(await ownProof.asked(visit)),
      problems,
      accountHref: own.address('/auth/account'),
    };
    own.render(ctx, 'account-delete', locals, status);
  }

  router.get(
    path,
    door.shows((ctx, visit) => show(ctx, visit)),
  );

  router.post(
    path,
    door.takes(async (ctx, visit, form) => {
      const { problems, status } = await ownProof.prove(ctx, visit, form);
      if (problems) return show(ctx, visit, problems, status);
      await deletion.request(visit.user);
      const homeHref = own.address('/');
      own.render(ctx, 'account-delete-done', { days: coolingOffDays, homeHref });
    }),
  );

  router.post(
    '/auth/account/keep',
    door.takes(async (ctx, { user }) => {
      await deletion.cancel(user);
      own.redirect(ctx, '/auth/account');
    }),
  );
}
