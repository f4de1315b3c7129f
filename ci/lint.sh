#!/usr/bin/env bash
# Checks formatting, lint rules and types.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

npm run --silent format:check
npm run --silent lint
npm run --silent typecheck
