// The page on which a user answers the requests of clients (OpenID CIBA), and the commands that answer
// them in place of the user outside production.
import type { Module } from '#core/modules/module.ts';

export const backchannelAuthenticationModule: Module = {
  name: 'backchannel-authentication',
  tables: [],
  mails: [],
};
