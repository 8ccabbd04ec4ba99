"""Our speed against TorchIO's RandomMotion, measured in turns on one machine. Called by run.sh.

RandomMotion is what a Python user would take instead: it makes one motion-corrupted image, without labels or truth.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import SimpleITK
import torch
import torchio

THREADS = 2
ROUNDS = 3
FRAMES = 25
build = Path(sys.argv[1])
program = build / "cineforge"

torch.set_num_threads(THREADS)
SimpleITK.ProcessObject.SetGlobalDefaultNumberOfThreads(THREADS)
torch.manual_seed(1)
image = torchio.ScalarImage(tensor=torch.rand(1, 128, 128, 112))


def random_motion():
    """Seconds of one RandomMotion with its defaults."""
    transform = torchio.RandomMotion()
    start = time.perf_counter()
    transform(image)
    return time.perf_counter() - start


def renderer():
    """Seconds of image and labels at a new phase, median of 5; and the voxels."""
    result = json.loads(subprocess.check_output([build / "RenderBenchmark", str(THREADS), "5"]))
    return statistics.median(result["seconds"]), result["voxels"]


def generate(*options):
    """Wall time in s and peak memory in MB of making the benchmark dataset."""
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "generate", "datasets/benchmark.yml", "--out", f"{folder}/out", *options]
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            sys.exit(f"{' '.join(map(str, command))} failed with status {status}")
        return time.perf_counter() - start, usage.ru_maxrss * 1024 / 1e6


def cpu():
    """Name of the processor."""
    lines = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return lines[0].split(":")[1].strip() if lines else platform.machine()


random_motion()
theirs, ours = [], []
for _ in range(ROUNDS):
    theirs.append(random_motion())
    seconds, voxels = renderer()
    ours.append(seconds)
peer, own = statistics.median(theirs), statistics.median(ours)
wall, _ = generate()
_, memory = generate("--jobs", "2", "--set", "patients.0.count=2")
starts = []
for _ in range(20):
    start = time.perf_counter()
    subprocess.run([program, "--help"], stdout=subprocess.DEVNULL, check=True)
    starts.append(time.perf_counter() - start)


def row(name, value, target=""):
    print(f"{name:<58}{value:>16}   {target}")


print(f"{cpu()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; torchio {torchio.__version__} on torch {torch.__version__}")
row("RandomMotion, 128×128×112, 2 threads", f"{peer:.2f} s", f"from {min(theirs):.2f} to {max(theirs):.2f}")
row("image and labels at a new phase, 2 threads", f"{own:.3f} s", f"from {min(ours):.3f} to {max(ours):.3f}")
row("  million voxels a second", f"{voxels / own / 1e6:.1f}")
row("  RandomMotion / ours", f"{peer / own:.1f}", "target: at least 15")
row("generate datasets/benchmark.yml, whole command", f"{wall:.1f} s")
row("  ours / 25 RandomMotions", f"{wall / (FRAMES * peer):.2f}", "target: at most 1")
row("peak memory of two such patients at once (--jobs 2)", f"{memory:.0f} MB")
row("cineforge --help", f"{statistics.median(starts) * 1000:.0f} ms")
