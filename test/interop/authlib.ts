// Authlib (PyPI) with Flask.
import { join } from 'node:path';
import { driveServerApp } from './server-app.ts';
import { installPython, pythonOf } from './python.ts';
import type { RelyingParty } from './relying-party.ts';

export const authlib: RelyingParty = {
  name: 'Authlib',
  needs: ['python'],
  install: (place) => installPython(place, 'authlib', 'Authlib', 'Flask', 'requests'),
  drive: (trial) =>
    driveServerApp(trial, {
      preset: 'authlib',
      command: pythonOf(trial.directory),
      args: [join(trial.directory, 'app.py')],
      hasProfileAtHome: true,
    }),
};
