#!/usr/bin/env bash
# A quick check of conformance: certified client libraries sign in a user at the server over real HTTP. The
# results are in test-results/interop.xml.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

npm run test:interop -- openid-client oauth4webapi
