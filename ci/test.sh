#!/usr/bin/env bash
# Runs a group of tests, or all without an argument: unit, integration, browser, faults, docs, architecture.
# The results are in test-results/GROUP.xml.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

if [ $# -eq 0 ]; then
  npm test
else
  npm run "test:$1"
fi
