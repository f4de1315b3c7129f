#!/usr/bin/env bash
# Builds the images once and saves them in artifacts/ with their ids and checksums, for every later step.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

revision="${REVISION:-$(git rev-parse HEAD)}"
docker build --tag "$release_image" \
  --label "org.opencontainers.image.title=Ostiary" \
  --label "org.opencontainers.image.licenses=Apache-2.0" \
  --label "org.opencontainers.image.version=$version" \
  --label "org.opencontainers.image.revision=$revision" .
docker build --tag "$step_image" --file ci/Dockerfile --build-arg "RELEASE_IMAGE=$release_image" .

mkdir -p "$artifacts"
docker image inspect --format '{{.Id}}' "$release_image" "$step_image" > "$artifacts/images.ids"
docker save "$release_image" "$step_image" | gzip > "$artifacts/images.tar.gz"
(cd "$artifacts" && sha256sum images.ids images.tar.gz > images.sha256)
cat "$artifacts/images.sha256"
