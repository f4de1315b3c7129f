# PyJWT with the provider's JWKS: accepts the token, and rejects it for another audience
# and with an invalid signature.
import json
import os
import sys

import jwt

cases = json.load(sys.stdin)
keys = jwt.PyJWKClient(cases["jwks_uri"])


def verify(case, token, audience):
    key = keys.get_signing_key_from_jwt(token).key
    rules = {"audience": audience, "issuer": os.environ["ISSUER"]}
    return jwt.decode(token, key, algorithms=[case["algorithm"]], **rules)


for case in cases["tokens"]:
    assert verify(case, case["token"], case["audience"])["sub"] == case["subject"]
    for token, audience in ((case["tampered"], case["audience"]), (case["token"], "other")):
        try:
            verify(case, token, audience)
        except jwt.InvalidTokenError:
            continue
        sys.exit(f"{case['algorithm']}: accepted what is invalid")
