#!/usr/bin/env bash
# Looks for known vulnerabilities of the installed packages, and for licenses that may not be distributed.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

npm audit --omit=dev --audit-level=high
node deploy/package/check-licenses.ts
