// The version of this code, for the command line and the server it speaks to.
import manifest from '../../package.json' with { type: 'json' };

export const { version } = manifest;
