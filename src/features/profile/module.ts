// The profile of a user: the standard claims, and the picture.
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import { createPictureUrls } from '#core/users/pictures/picture-urls.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { createSquareImages } from '#platform/images/square-image.ts';
import { createPictures } from './pictures.service.ts';
import { createPictureStore } from './pictures.store.ts';
import { profileTables } from './profile-tables.store.ts';
import { createProfile } from './profile.service.ts';

export const profileModule: Module = { name: 'profile', tables: profileTables, mails: [] };

export interface ProfileModuleDependencies extends Runtime {
  readonly audit: Audit;
  readonly users: UserStore;
  readonly invalidation: Invalidation;
}

export function createProfileModule(dependencies: ProfileModuleDependencies) {
  const { audit, users, invalidation, config, db, now } = dependencies;
  const access = config.profileClaims;
  const profile = createProfile({ db, users, audit, invalidation, access, now });
  const pictureUrls = createPictureUrls(config.issuer);
  const pictureStore = createPictureStore(db);
  const squareImages = createSquareImages();
  return {
    profile,
    pictureUrls,
    pictures: createPictures({ pictureStore, pictureUrls, squareImages, profile, now }),
  };
}
