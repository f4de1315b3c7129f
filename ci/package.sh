#!/usr/bin/env bash
# Makes what is released besides the image: the npm package, the bill of materials (CycloneDX) and the list of
# licences, with their checksums, in artifacts/package/.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

target="$artifacts/package"
mkdir -p "$target"
npm pack --pack-destination "$target" > /dev/null
npm sbom --omit=dev --package-lock-only --sbom-format cyclonedx > "$target/ostiary-$version.cdx.json"
node ci/licences.mjs > "$target/ostiary-$version-licences.txt"
(cd "$target" && find . -type f -name "ostiary-$version*" -printf '%P\0' | sort -z | xargs -0 sha256sum > SHA256SUMS)
cat "$target/SHA256SUMS"
