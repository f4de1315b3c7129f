// passport-openidconnect (npm) with Express. It supports neither refresh nor RP-initiated logout.
import { driveNodeApp, installNodeApp } from './node-app.ts';
import type { RelyingParty } from './relying-party.ts';

const library = 'passport-openidconnect';

export const passportOpenidconnect: RelyingParty = {
  name: library,
  needs: [],
  install: (place) =>
    installNodeApp(place, library, library, 'passport', 'express', 'express-session'),
  drive: (trial) =>
    driveNodeApp(trial, {
      preset: 'passport',
      routes: { userinfo: '/', refresh: undefined, signOut: undefined },
    }),
};
