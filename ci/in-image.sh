#!/usr/bin/env bash
# Runs a step of this folder in the image that was built: ci/in-image.sh test unit
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

step="${1:-}"
[ -n "$step" ] && [ -x "ci/$step.sh" ] || fail "Usage: ci/in-image.sh STEP [ARGUMENT...]"
shift
ci/load-image.sh
mkdir -p test-results "$artifacts/package"
# Chromium needs more shared memory than the default of 64 MB.
docker run --rm --init --shm-size 1g \
  --volume "$PWD/test-results:/app/test-results" \
  --volume "$PWD/$artifacts/package:/app/artifacts/package" \
  "$step_image" "ci/$step.sh" "$@"
