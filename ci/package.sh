#!/usr/bin/env bash
# Makes what is released besides the image: the npm packages, the bill of materials (CycloneDX) and the list of
# licenses, with their checksums, in artifacts/package/.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

target="$artifacts/package"
mkdir -p "$target"
npm run --silent package -- --pack-destination "$target" > /dev/null
npm run --silent package:resource-server -- "$target" > /dev/null
cp dist/package/sbom.cdx.json "$target/ostiary-$version.cdx.json"
cp dist/package/licenses.md "$target/ostiary-$version-licenses.md"
(cd "$target" && sha256sum ostiary-* > SHA256SUMS)
cat "$target/SHA256SUMS"
