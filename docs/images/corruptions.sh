#!/bin/bash
# Makes corruptions.png: one slice under one fault of the scan after the other.
#
#   docs/images/corruptions.sh [path of cineforge]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
program=$(realpath "${1:-$root/.build/release/cineforge}")
venv="$root/.venv-corruptions"
if [ ! -e "$venv/ready" ]; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check pillow==12.0.0 h5py==3.15.1
    touch "$venv/ready"
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
patients="p000000 p000004 p000009 p000015 p000020 p000024 p000030 p000035 p000040"
# shellcheck disable=SC2046
"$program" generate acquisition-stress --out "$folder/data" --set frames=12 --jobs 2 $(printf -- '--only %s ' $patients)
for id in $patients; do
    "$program" reconstruct "$folder/data/patients/$id.h5" --method zero-filled --out "$folder/$id.h5" > /dev/null
done
cd "$here"
"$venv/bin/python" - "$folder" <<'PYTHON'
import sys

import h5py
import numpy as np
from PIL import Image, ImageDraw, ImageFont

CAPTIONS = {
    "p000000": "clean", "p000004": "free breathing, 15 mm", "p000009": "drift, 1.2 mm/s",
    "p000015": "trigger errors, 50 ms, 40 %", "p000020": "arrhythmia, 35 % ectopic", "p000024": "noise, SNR 8",
    "p000030": "spokes 1.5 samples late", "p000035": "misplaced slice, 8 mm",
    "p000040": "tuned 120 Hz off",
}
END_SYSTOLE, SIZE = 4, 280
tiles = []
for number, (name, caption) in enumerate(CAPTIONS.items()):
    with h5py.File(f"{sys.argv[1]}/{name}.h5") as file:
        image = file["reconstruction"][0, END_SYSTOLE, 20:140, 20:140]
    if number == 0:
        white = np.percentile(image, 99.7)
    picture = Image.fromarray(np.clip(image / white * 255, 0, 255).astype(np.uint8)).resize((SIZE, SIZE), Image.Resampling.LANCZOS)
    ImageDraw.Draw(picture).text((8, SIZE - 22), caption, fill=255, font=ImageFont.load_default(14), stroke_width=2, stroke_fill=0)
    tiles.append(picture)
sheet = Image.new("L", (3 * SIZE + 6, 3 * SIZE + 6))
for number, tile in enumerate(tiles):
    sheet.paste(tile, (number % 3 * (SIZE + 3), number // 3 * (SIZE + 3)))
sheet.quantize(64).save("corruptions.png", optimize=True)
PYTHON
du -h corruptions.png
