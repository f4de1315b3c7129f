// A copy of everything that is kept about a person: asking for it, and fetching it once. Both need a
// proof of who it is that is a few minutes old at most.
import { Readable } from 'node:stream';
import type Router from '@koa/router';
import type { Context } from '#http/context.ts';
import type { Form } from '#http/forms/input.ts';
import type { OwnPages } from '#http/pages/own-pages.ts';
import { showTime } from '#http/rendering/times.ts';
import type { Exports } from '#services/personal-data/exports.ts';
import { exportDays } from '#services/personal-data/export-making.ts';
import type { AccountDoor, AccountVisit } from '#http/pages/account/signed-in.ts';
import { createOwnProof, type OwnProofDependencies, type ProofProblems } from './own-proof.ts';

export interface ExportPageDependencies extends OwnProofDependencies {
  readonly own: OwnPages;
  readonly door: AccountDoor;
  readonly exports: Exports;
  readonly now: () => Date;
}

const path = '/auth/account/export';

interface Said {
  readonly problems?: ProofProblems | undefined;
  readonly isLate?: boolean;
  readonly status?: number | undefined;
}

export function addExportPages(router: Router, dependencies: ExportPageDependencies): void {
  const { own, door, exports, now } = dependencies;
  const ownProof = createOwnProof(dependencies);

  async function show(ctx: Context, visit: AccountVisit, said: Said = {}): Promise<void> {
    const { user, locale } = visit;
    const { stage, export: found, mayAsk } = await exports.state(user.id);
    const isFresh = await ownProof.isFresh(visit);
    const time = (at: Date | undefined) => at && showTime(at, now(), locale);
    const locals = {
      stage,
      mayAsk,
      action: own.address(path),
      downloadAction: own.address(`${path}/download`),
      pageHref: own.address(path),
      formToken: own.formToken(ctx),
      days: exportDays,
      requested: time(found?.requestedAt),
      until: stage === 'ready' ? time(found?.expiresAt) : undefined,
      fetched: time(found?.fetchedAt),
      ...(await ownProof.asked(visit)),
      ...(isFresh ? { hasPassword: false, asksForCode: false } : {}),
      problems: said.problems ?? {},
      isLate: said.isLate ?? false,
      accountHref: own.address('/auth/account'),
    };
    own.render(ctx, 'account-export', locals, said.status);
  }

  /** Runs the act once it is proven who it is; otherwise the page asks again. */
  function proven(act: (ctx: Context, visit: AccountVisit) => Promise<void>) {
    return door.takes(async (ctx: Context, visit: AccountVisit, form: Form) => {
      if (!(await ownProof.isFresh(visit))) {
        const { problems, status } = await ownProof.prove(ctx, visit, form);
        if (problems) return show(ctx, visit, { problems, status });
        await ownProof.note(visit);
      }
      return act(ctx, visit);
    });
  }

  router.get(
    path,
    door.shows((ctx, visit) => show(ctx, visit)),
  );

  router.post(
    path,
    proven(async (ctx, { user }) => {
      // Whoever asks twice sees on the page that there is one.
      await exports.request(user);
      own.redirect(ctx, path);
    }),
  );

  router.post(
    `${path}/download`,
    proven(async (ctx, visit) => {
      const bytes = await exports.fetch(visit.user);
      if (!bytes) return show(ctx, visit, { isLate: true, status: 409 });
      const day = now().toISOString().slice(0, 'yyyy-mm-dd'.length);
      ctx.set('Content-Disposition', `attachment; filename="ostiary-export-${day}.json"`);
      ctx.set('Cache-Control', 'no-store');
      ctx.type = 'application/json';
      ctx.body = Readable.from(bytes, { objectMode: false });
    }),
  );
}
