# An API that verifies access tokens with Flask, PyJWT and requests: signature, type, issuer, audience,
# expiry, scope, and the status list in which a revoked token is marked.
#   pip install Flask PyJWT[crypto] requests
#   ISSUER=http://localhost:3000 AUDIENCE=https://api.example.com PORT=8083 python api.py
import base64
import os
import time
import zlib
from functools import wraps

import jwt
import requests
from flask import Flask, g, jsonify, request

ISSUER = os.environ["ISSUER"]
AUDIENCE = os.environ["AUDIENCE"]
LIST_BYTES = 1024 * 1024

metadata = requests.get(f"{ISSUER}/.well-known/openid-configuration", timeout=5).json()
keys = jwt.PyJWKClient(metadata["jwks_uri"])
lists = {}
app = Flask(__name__)


def verify(token, typ, required, **rules):
    if jwt.get_unverified_header(token).get("typ") != typ:
        raise jwt.InvalidTokenError("other type")
    key = keys.get_signing_key_from_jwt(token)
    options = {"require": ["iss", "sub", "exp", "iat", *required]}
    return jwt.decode(token, key, algorithms=["ES256"], issuer=ISSUER, options=options, **rules)


def status_list(uri):
    """The list may be used for its ttl, and is then read again."""
    expires, bits = lists.get(uri, (0, b""))
    if time.monotonic() < expires:
        return bits
    answer = requests.get(uri, timeout=5, allow_redirects=False)
    answer.raise_for_status()
    claims = verify(answer.text, "statuslist+jwt", ["status_list"], subject=uri)
    lst = claims["status_list"]["lst"]
    packed = base64.urlsafe_b64decode(lst + "=" * (-len(lst) % 4))
    bits = zlib.decompressobj().decompress(packed, LIST_BYTES)
    lists[uri] = (time.monotonic() + claims.get("ttl", 60), bits)
    return bits


def is_revoked(claims):
    if "status" not in claims:
        return False
    place = claims["status"]["status_list"]
    # A token must never cause a request to another host.
    if not place["uri"].startswith(f"{ISSUER}/"):
        raise jwt.InvalidTokenError("status list of another issuer")
    return bool(status_list(place["uri"])[place["idx"] // 8] >> place["idx"] % 8 & 1)


def refuse(status, error=None, **details):
    parameters = {"error": error, **details} if error else {}
    challenge = ", ".join(f'{name}="{value}"' for name, value in parameters.items())
    response = jsonify({"error": error} if error else {})
    response.headers["WWW-Authenticate"] = f"Bearer {challenge}".strip()
    return response, status


def require_scope(scope):
    def decorate(view):
        @wraps(view)
        def protected(*args, **kwargs):
            name, _, token = request.headers.get("Authorization", "").partition(" ")
            if name.lower() != "bearer":
                return refuse(401)
            try:
                claims = verify(token, "at+jwt", ["client_id", "jti"], audience=AUDIENCE)
                if "cnf" in claims or is_revoked(claims):
                    return refuse(401, "invalid_token")
            except (requests.RequestException, jwt.PyJWKClientConnectionError):
                return jsonify({"error": "temporarily_unavailable"}), 503
            except (jwt.PyJWTError, KeyError, IndexError, TypeError, ValueError):
                return refuse(401, "invalid_token")
            if scope not in claims.get("scope", "").split():
                return refuse(403, "insufficient_scope", scope=scope)
            g.subject = claims["sub"]
            return view(*args, **kwargs)

        return protected

    return decorate


@app.get("/tasks")
@require_scope("tasks:read")
def tasks():
    return {"tasksOf": g.subject}


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ["PORT"]))
