// The version of this installation, for the command line and the server.
import manifest from '../../package.json' with { type: 'json' };

export const { version } = manifest;
