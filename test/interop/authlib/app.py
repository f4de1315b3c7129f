# Authlib's Flask integration as in its documentation: code flow with PKCE, userinfo, refresh,
# RP-initiated logout.
import os
from urllib.parse import urlencode, urlsplit

from authlib.integrations.flask_client import OAuth
from authlib.integrations.requests_client import OAuth2Session
from flask import Flask, jsonify, redirect, session

ISSUER = os.environ["ISSUER"]
APP_URL = os.environ["APP_URL"]

app = Flask(__name__)
app.secret_key = os.urandom(32)
oauth = OAuth(app)
oauth.register(
    "ostiary",
    server_metadata_url=f"{ISSUER}/.well-known/openid-configuration",
    client_id=os.environ["CLIENT_ID"],
    client_secret=os.environ["CLIENT_SECRET"],
    client_kwargs={
        "scope": "openid profile email",
        "code_challenge_method": "S256",  # better: Authlib else sends a nonce only
    },
)
# The tokens are too long for a cookie, so they are stored here by the subject in the session.
tokens = {}


@app.get("/")
def home():
    token = tokens.get(session.get("sub"))
    return jsonify(token["userinfo"]) if token else ("", 401)


@app.get("/sign-in")
def sign_in():
    return oauth.ostiary.authorize_redirect(f"{APP_URL}/callback")


@app.get("/callback")
def callback():
    token = oauth.ostiary.authorize_access_token()
    session["sub"] = token["userinfo"]["sub"]
    tokens[session["sub"]] = token
    return redirect("/")


@app.get("/userinfo")
def userinfo():
    return jsonify(oauth.ostiary.userinfo(token=tokens[session["sub"]]))


@app.get("/refresh")
def refresh():
    before = tokens[session["sub"]]
    client = OAuth2Session(os.environ["CLIENT_ID"], os.environ["CLIENT_SECRET"], token=before)
    endpoint = oauth.ostiary.load_server_metadata()["token_endpoint"]
    renewed = client.refresh_token(endpoint, refresh_token=before["refresh_token"])
    assert renewed["access_token"] != before["access_token"]
    tokens[session["sub"]] = {**before, **renewed}
    return jsonify(oauth.ostiary.userinfo(token=renewed))


@app.get("/sign-out")
def sign_out():
    token = tokens.pop(session.pop("sub"))
    endpoint = oauth.ostiary.load_server_metadata()["end_session_endpoint"]
    hint = {"id_token_hint": token["id_token"], "post_logout_redirect_uri": f"{APP_URL}/"}
    return redirect(f"{endpoint}?{urlencode(hint)}")


@app.errorhandler(Exception)
def refuse(error):
    app.logger.exception(error)
    return str(error), 400


app.run("127.0.0.1", urlsplit(APP_URL).port)
