#!/bin/bash
# Makes trajectories.png: every kind of trajectory, and what it makes of a point.
#
#   docs/images/trajectories.sh [path of cineforge]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
program=$(realpath "${1:-$here/../../.build/release/cineforge}")
"$program" recipe sampling "$here/trajectories.yml" --png "$here/trajectories.png"
du -h "$here/trajectories.png"
