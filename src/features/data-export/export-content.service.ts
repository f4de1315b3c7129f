// Assembles the parts of a data export: facts about the user, and each list of
// export-parts.store.ts.
import { presentClaims, type User } from '#core/users/users.ts';
import type { ExportPartStore } from './export-parts.store.ts';
import type { DocumentPart } from './export-document.ts';

/** Version of the format, raised when existing members are renamed or moved. */
const formatVersion = 1;

export interface ExportContentDependencies {
  readonly parts: ExportPartStore;
  readonly issuer: string;
  readonly now: () => Date;
}

export function createExportContent({ parts, issuer, now }: ExportContentDependencies) {
  async function* pagesOf(name: string, userId: string): AsyncGenerator<readonly unknown[]> {
    let page = await parts.page(name, userId, undefined);
    yield page.entries;
    while (page.next) {
      page = await parts.page(name, userId, page.next);
      yield page.entries;
    }
  }

  return {
    async partsOf(user: User): Promise<readonly DocumentPart[]> {
      const about = { format: formatVersion, issuer, subject: user.id, made_at: iso(now()) };
      return [
        { name: 'about_this_file', content: { value: about } },
        { name: 'account', content: { value: presentAccount(user) } },
        { name: 'ways_to_sign_in', content: { value: await parts.once(user.id) } },
        ...parts.names.map((name) => ({
          name,
          content: { pages: () => pagesOf(name, user.id) },
        })),
      ];
    },
  };
}

export type ExportContent = ReturnType<typeof createExportContent>;

function presentAccount(user: User): Readonly<Record<string, unknown>> {
  return {
    claims: presentClaims(user),
    roles: user.roles,
    created_at: iso(user.createdAt),
    blocked_since: user.blockedAt && iso(user.blockedAt),
    deletion_due_at: user.deletionDueAt && iso(user.deletionDueAt),
  };
}

function iso(at: Date): string {
  return at.toISOString();
}
