// The values of every mail with an email token; email-tokens.mails.ts composes their content.

/** The two forms of an email token. */
export type CodeMailValues = {
  readonly code: string;
  readonly link: string;
};

/** To a user who has an account already: links to the sign-in, and to the password reset. */
export type KnownUserMailValues = {
  readonly link: string;
  readonly other: string;
};
