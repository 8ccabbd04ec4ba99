#!/bin/bash
# Makes the README's pictures from the demo's: first `make demo`, then docs/images/make.sh [folder of the demo].
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
previews=$(realpath "${1:-$root/out/demo}/previews")
venv="$root/.venv-docs"
if [ ! -e "$venv/ready" ]; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check pillow==12.0.0
    touch "$venv/ready"
fi
cd "$here"
"$venv/bin/python" - "$previews/p000000" <<'PYTHON'
import sys

from PIL import Image

name = sys.argv[1]


def small(image, width):
    height = round(image.height * width / image.width)
    return image.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)


def palette(image, colors):
    """Greys, and as many colours from where the picture has some."""
    colored = [p for p in image.getdata() if max(p) - min(p) > 12]
    strip = Image.new("RGB", (len(colored), 1))
    strip.putdata(colored)
    chosen = strip.quantize(colors, method=Image.Quantize.MEDIANCUT).getpalette()[: 3 * colors]
    greys = [255 * (i // 3) // (colors - 1) for i in range(3 * colors)]
    result = Image.new("P", (1, 1))
    result.putpalette(greys + chosen)
    return result


montage = small(Image.open(name + ".png"), 900)
montage.quantize(palette=palette(montage, 64), dither=Image.Dither.NONE).save("montage.png", optimize=True)

# The first row of the animation ends at the middle of the ventricle; the last has the long-axis views, and one place left.
animation = Image.open(name + ".apng")
width, height = animation.size
column, row = (width - 14) / 5, (height - 41) / 3
frames = []
for number in range(animation.n_frames):
    animation.seek(number)
    picture = animation.convert("RGB")
    top = picture.crop((int(width - 3 * column), 41, width, int(41 + row)))
    bottom = picture.crop((int(width - 4 * column), int(height - row), int(width - column), height))
    both = Image.new("RGB", (top.width, top.height + bottom.height))
    both.paste(top, (0, 0))
    both.paste(bottom, (0, top.height))
    frames.append(small(both, 480))
colors = palette(frames[0], 24)
frames = [frame.quantize(palette=colors, dither=Image.Dither.NONE) for frame in frames]
frames[0].save(
    "beating.png", save_all=True, append_images=frames[1:], duration=animation.info.get("duration", 40), loop=0, optimize=True)
PYTHON
du -ch ./*.png | tail -1
