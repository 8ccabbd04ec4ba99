#!/bin/bash
# Opens what cineforge writes with the tools that users have (h5py, nibabel, SimpleITK, Pillow, ismrmrd, bart), and
# lets it read what they write; computes our metrics again with scikit-image, SimpleITK, SciPy and surface-distance.
#
#   Tests/Interop/run.sh [path of cineforge]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
program=$(realpath "${1:-$root/.build/release/cineforge}")
venv="$root/.venv-interop"
if ! cmp -s "$here/requirements.txt" "$venv/requirements.txt"; then
    rm -rf "$venv"
    python3 -m venv "$venv"
    if ! "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"; then
        rm -rf "$venv"
        echo "INTEROP SKIPPED: the Python packages cannot be installed here (no network?)" >&2
        exit 0
    fi
    cp "$here/requirements.txt" "$venv/requirements.txt"
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$program" generate "$here/interop.yml" --out "$folder/dataset" --set seed=11
"$program" export "$folder/dataset" --to nifti --out "$folder/nifti"
"$program" export "$folder/dataset" --to mrd --out "$folder/mrd"
"$program" export "$folder/dataset" --to fastmri --out "$folder/fastmri"
"$program" recipe schema > "$folder/schema.json"
"$program" recipe print "$here/interop.yml" --set seed=11 --json > "$folder/recipe.json"
# Samples of every storage format come from the built test bundle.
export CINEFORGE_INTEROP_DIR="$folder/storage"
mkdir "$CINEFORGE_INTEROP_DIR"
# They also read raw data that others wrote.
"$venv/bin/python" "$here/make_foreign_mrd.py" "$CINEFORGE_INTEROP_DIR/foreign"
(cd "$root" && swift test -c release -Xswiftc -enable-testing --skip-build --filter InteropSamples > "$folder/samples.log" 2>&1) \
    || { cat "$folder/samples.log"; exit 1; }
CINEFORGE_INTEROP="$folder" CINEFORGE_PROGRAM="$program" "$venv/bin/python" -m pytest -q -p no:cacheprovider "$here"
