#!/usr/bin/env bash
# Loads the images that build-image.sh saved. Ends with an error if a file or an image is not the one that was
# built.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

[ -f "$artifacts/images.sha256" ] || fail "There is no $artifacts/images.sha256. Run ci/build-image.sh first."
(cd "$artifacts" && sha256sum --check --quiet images.sha256) ||
  fail "A file in $artifacts/ differs from the one that was built."
if ! loaded="$(docker image inspect --format '{{.Id}}' "$release_image" "$step_image" 2> /dev/null)" ||
  [ "$loaded" != "$(cat "$artifacts/images.ids")" ]; then
  docker load --quiet --input "$artifacts/images.tar.gz"
  loaded="$(docker image inspect --format '{{.Id}}' "$release_image" "$step_image")"
fi
[ "$loaded" = "$(cat "$artifacts/images.ids")" ] || fail "The loaded images differ from those that were built."
