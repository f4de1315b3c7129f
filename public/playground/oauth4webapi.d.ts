/**
 * The module is served from the installed package under this name; this line lets editors know its
 * types.
 */
export * from 'oauth4webapi';
