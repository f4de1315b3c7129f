// passport-openidconnect with Express, as in its documentation.
import { randomBytes } from 'node:crypto';
import express from 'express';
import session from 'express-session';
import passport from 'passport';
import OpenIDConnectStrategy from 'passport-openidconnect';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, APP_URL } = process.env;

const app = express();
const secret = randomBytes(32).toString('base64url');
app.use(session({ secret, resave: false, saveUninitialized: false }));
app.use(passport.session());

passport.use(
  new OpenIDConnectStrategy(
    {
      issuer: ISSUER,
      authorizationURL: `${ISSUER}/oauth2/authorize`,
      tokenURL: `${ISSUER}/oauth2/token`,
      userInfoURL: `${ISSUER}/oauth2/userinfo`,
      clientID: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      callbackURL: `${APP_URL}/callback`,
      scope: ['profile', 'email'],
      nonce: true, // needed: the nonce replaces PKCE, which this library lacks
      skipUserProfile: false, // the profile comes from userinfo
    },
    (issuer, profile, done) => done(null, profile),
  ),
);
passport.serializeUser((user, done) => done(null, user));
passport.deserializeUser((user, done) => done(null, user));

app.get('/', ({ user }, res) => {
  if (!user) return res.sendStatus(401);
  return res.json({ sub: user.id, name: user.displayName, email: user.emails?.[0]?.value });
});
app.get('/sign-in', passport.authenticate('openidconnect'));
app.get('/callback', passport.authenticate('openidconnect', { successRedirect: '/' }));
app.listen(Number(new URL(APP_URL).port), '127.0.0.1');
