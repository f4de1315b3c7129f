// The picture of a user: an upload replaces it, and the `picture` claim names it.
import type { SignedInUser } from '#core/users/users.ts';
import type { PictureFile, PictureUrls } from '#core/users/pictures/picture-urls.ts';
import { randomToken } from '#platform/crypto/hashing.ts';
import type { SquareImages, SquareResult } from '#platform/images/square-image.ts';
import type { PictureStore } from './pictures.store.ts';
import type { Profile } from './profile.service.ts';

export interface PictureDependencies {
  readonly pictureStore: PictureStore;
  readonly pictureUrls: PictureUrls;
  readonly squareImages: SquareImages;
  readonly profile: Profile;
  readonly now: () => Date;
}

export type PictureRefusal = Exclude<SquareResult, { readonly ok: true }>['reason'];

export function createPictures(dependencies: PictureDependencies) {
  const { pictureStore, pictureUrls, squareImages, profile, now } = dependencies;
  return {
    find: (file: PictureFile): Promise<Buffer | undefined> => pictureStore.find(file),
    /**
     * Stores the upload as the picture of the user, under a new URL. The row of the user is locked, so of two
     * concurrent uploads the later one remains, both in the table and in the claim.
     * @throws AppError `forbidden`, `overloaded` or `session_expired`
     */
    async replace(user: SignedInUser, bytes: Buffer): Promise<PictureRefusal | undefined> {
      const made = await squareImages.make(bytes);
      if (!made.ok) return made.reason;
      const key = randomToken();
      await profile.change(user, { picture: pictureUrls.claimOf(key) }, (tx) =>
        pictureStore.put({ userId: user.id, key, ...made.image, createdAt: now() }, tx),
      );
      return undefined;
    },
    /** Removes the claim as well if it is a URL of another site. */
    remove(user: SignedInUser): Promise<void> {
      return profile.change(user, { picture: undefined }, (tx) => pictureStore.remove(user.id, tx));
    },
  };
}

export type Pictures = ReturnType<typeof createPictures>;
