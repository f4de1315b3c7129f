# Sourced by the scripts of this folder: names and folders. Not a program.
# shellcheck shell=bash disable=SC2034
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

version="$(sed -n 's/^  "version": "\(.*\)",$/\1/p' package.json)"
# The image that is released, and the one in which every step runs: the same layers and, above them, what
# tests need.
release_image="ostiary:$version"
step_image="ostiary-steps:$version"
# What the build hands to the later steps.
artifacts=artifacts

# Prints the arguments as one line on standard error, and ends the script.
fail() {
  printf '%s\n' "$*" >&2
  exit 1
}
