// Auth.js (npm @auth/core), which supports neither refresh nor RP-initiated logout.
import { driveNodeApp, installNodeApp } from './node-app.ts';
import type { RelyingParty } from './relying-party.ts';

export const authJs: RelyingParty = {
  name: 'Auth.js',
  needs: [],
  install: (place) => installNodeApp(place, 'auth-js', '@auth/core'),
  drive: (trial) =>
    driveNodeApp(trial, {
      preset: 'authjs',
      callback: '/auth/callback/ostiary',
      routes: { userinfo: undefined, refresh: undefined, signOut: undefined },
      hasProfileAtHome: true,
      ignoresState: true,
    }),
};
