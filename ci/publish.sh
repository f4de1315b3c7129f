#!/usr/bin/env bash
# Pushes the image that passed all steps to RELEASE_REPOSITORY, such as registry.example/ostiary. Without this
# variable it only says what it would push. Logs in with RELEASE_USER and RELEASE_PASSWORD if both are set.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

ci/load-image.sh
(cd "$artifacts/package" && sha256sum --check --quiet SHA256SUMS) || fail "The packages are not complete."
if [ -z "${RELEASE_REPOSITORY:-}" ]; then
  printf 'Would push %s. Set RELEASE_REPOSITORY to do so.\n' "$(head -n 1 "$artifacts/images.ids")"
  exit 0
fi
if [ -n "${RELEASE_USER:-}" ] && [ -n "${RELEASE_PASSWORD:-}" ]; then
  docker login --username "$RELEASE_USER" --password-stdin "${RELEASE_REPOSITORY%%/*}" <<< "$RELEASE_PASSWORD"
fi
docker tag "$release_image" "$RELEASE_REPOSITORY:$version"
docker push "$RELEASE_REPOSITORY:$version"
