# joserfc with the provider's JWKS: accepts the token, and rejects it for another audience
# and with an invalid signature.
import json
import os
import sys

import requests
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

cases = json.load(sys.stdin)
keys = KeySet.import_key_set(requests.get(cases["jwks_uri"], timeout=10).json())


def verify(case, token, audience):
    claims = jwt.decode(token, keys, algorithms=[case["algorithm"]]).claims
    rules = jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": os.environ["ISSUER"]},
        aud={"essential": True, "value": audience},
    )
    rules.validate(claims)
    return claims


for case in cases["tokens"]:
    assert verify(case, case["token"], case["audience"])["sub"] == case["subject"]
    for token, audience in ((case["tampered"], case["audience"]), (case["token"], "other")):
        try:
            verify(case, token, audience)
        except JoseError:
            continue
        sys.exit(f"{case['algorithm']}: accepted what is invalid")
