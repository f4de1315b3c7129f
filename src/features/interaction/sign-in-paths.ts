// Paths of the sign-in pages. The same pages exist twice: in an interaction (the authorization
// request of a client), and in the account area for a user who was not sent by a client.

/** Steps whose account page is not below `/auth/sign-in`. */
const separateSteps = /^(?:register|recover|verify)(?:\/|$)/;

/**
 * @param uid of the interaction; `undefined` for the account area
 * @param step below the sign-in page, such as `second-factor`; without it, the sign-in page itself
 */
export function signInPath(uid: string | undefined, step = ''): string {
  if (uid !== undefined) return `/auth/interaction/${uid}${step && `/${step}`}`;
  if (separateSteps.test(step)) return `/auth/${step}`;
  // In the account area, the page and its password form share one path.
  return step === '' || step === 'sign-in' ? '/auth/sign-in' : `/auth/sign-in/${step}`;
}

/**
 * The name under which records of unfinished steps are stored: that of the interaction, or of the account
 * area.
 */
export function flowName(uid: string | undefined): string {
  return uid ?? 'own pages';
}
