"""K-space and its reconstruction against FFTW's bare transforms and bart, in turns on one machine. Called by run.sh."""

import json
import os
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

THREADS = 2
# On a busy machine bart, too, is faster when its threads do not spin while they wait.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
build = Path(sys.argv[1])


def run(name, *arguments):
    return json.loads(subprocess.check_output([build / name, str(THREADS), *map(str, arguments)]))


seconds = {name: statistics.median(values) for name, values in run("EncodingBenchmark", 7).items() if name != "threads"}
print(f"encoding a fully sampled cine, 12 slices × 25 frames × 8 coils × 192², {THREADS} threads")
print(f"  still during a frame   {seconds['frame']:.2f} s, {seconds['frame'] / seconds['fftw']:.2f} times FFTW alone"
      "   target: at most 3")
print(f"  during a shot, 8 beats {seconds['shot']:.2f} s, {seconds['shot'] / seconds['frame']:.2f} times a frame's"
      "   target: at most 8")
if shutil.which("bart"):
    result = run("ReconstructionBenchmark", 3)
    spokes = "34 golden-angle spokes × 384 a frame, the same weights of samples"
    for name, what in (
        ("cartesian", "4-fold, 30 iterations"),
        ("radial", f"{spokes}, 2 iterations: both err less than with more"),
        ("radial_further", f"{spokes}, 10 iterations"),
    ):
        pair = result[name]
        print(f"CG-SENSE without λ, 192² × 25 frames × 8 coils, {what}")
        for program in ("ours", "bart"):
            print(f"  {program} {pair[program]['call_s']:.2f} s, NMSE {pair[program]['nmse']:.4f}")
        print(f"  images differ by {pair['difference']:.1e}")
        # One iteration is the difference of two calls over those between: of two calls that nearly last the same, noise.
        later = "" if name == "radial" else f", without start and files {pair['ratio_iteration']:.1f}"
        print(f"  bart / ours {pair['ratio_call']:.1f}{later}   target: at least 2")
else:
    print("bart is not installed: no comparison of CG-SENSE")
