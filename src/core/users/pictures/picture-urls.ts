// URLs of uploaded pictures. The `picture` claim contains the URL of the large one; the pages show
// the small one. A new picture has a new URL, so browsers may cache each for a long time.
import type { StandardClaims } from '#core/users/standard-claims.ts';

export type PictureSize = 'large' | 'small';

const wellFormedFile = /^([\w-]{43})(-small)?\.jpg$/;

export interface PictureFile {
  readonly key: string;
  readonly size: PictureSize;
}

export function readPictureFile(name: string): PictureFile | undefined {
  const [, key, small] = wellFormedFile.exec(name) ?? [];
  return key === undefined ? undefined : { key, size: small === undefined ? 'large' : 'small' };
}

export function createPictureUrls(issuer: string) {
  const prefix = `${issuer.replace(/\/$/, '')}/auth/pictures/`;

  /** The key of an uploaded picture; `undefined` if the claim is a URL of another site. */
  function keyOf({ picture }: Pick<StandardClaims, 'picture'>): string | undefined {
    if (!picture?.startsWith(prefix)) return undefined;
    const file = readPictureFile(picture.slice(prefix.length));
    return file?.size === 'large' ? file.key : undefined;
  }

  return {
    keyOf,
    /** The value of the claim. */
    claimOf: (key: string): string => `${prefix}${key}.jpg`,
    /**
     * For our own pages, which show no pictures from other sites, because those would learn of each visit.
     */
    pagePath(claims: Pick<StandardClaims, 'picture'>): string | undefined {
      const key = keyOf(claims);
      return key === undefined ? undefined : new URL(`${prefix}${key}-small.jpg`).pathname;
    },
  };
}

export type PictureUrls = ReturnType<typeof createPictureUrls>;
