// How a route checks the status of its subject.

/**
 * `user`: checks the user, the client and the session or grant of the request, each time.
 * `client`: checks the client; no user is involved. `operator`: checks the client or administrator
 * of the token. `proof`: verifies a credential or a mailbox, and the status of the user with it.
 * `step`: part of a sign-in, whose last route makes the check. `none`: grants access to nothing.
 */
export type StatusCheck = 'user' | 'client' | 'operator' | 'proof' | 'step' | 'none';
