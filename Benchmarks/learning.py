"""A training step against PyTorch's own, in turns on one machine. Called by run.sh.

Five convolutions 3 x 3 with 64 channels on images [4, 2, 128, 128]: forward, backward and Adam. The peer is Debian's
python3-torch as it is used: float32, contiguous; with the same number of threads.
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

# On a busy machine both are faster when threads do not spin while they wait.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
import torch  # noqa: E402

THREADS = 2
ROUNDS = 6
REPEATS = 3
# Processors without bfloat16 take very long with it; once is then enough.
PATIENCE_S = 2
VARIANTS = {"float32": "channels last, float32", "contiguous": "contiguous, float32", "bfloat16": "bfloat16"}
torch.set_num_threads(THREADS)
torch.manual_seed(1)


class Peer:
    def __init__(self):
        widths = [2, 64, 64, 64, 64, 2]
        layers = []
        for inputs, outputs in zip(widths, widths[1:]):
            layers += [torch.nn.ReLU()] if layers else []
            layers.append(torch.nn.Conv2d(inputs, outputs, 3, padding=1))
        self.network = torch.nn.Sequential(*layers)
        self.optimiser = torch.optim.Adam(self.network.parameters())
        self.input, self.truth = torch.randn(4, 2, 128, 128), torch.randn(4, 2, 128, 128)

    def seconds(self, count):
        result = []
        for _ in range(count):
            start = time.perf_counter()
            self.optimiser.zero_grad()
            torch.nn.functional.mse_loss(self.network(self.input), self.truth).backward()
            self.optimiser.step()
            result.append(time.perf_counter() - start)
        return result


program = Path(sys.argv[1]) / "LearningBenchmark"
ours = subprocess.Popen([str(program), str(THREADS)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def ask(variant, count):
    ours.stdin.write(f"{variant} {count}\n")
    ours.stdin.flush()
    return [float(word) for word in ours.stdout.readline().split()]


peer = Peer()
peer.seconds(2)
times = {variant: ask(variant, 1) for variant in VARIANTS}
quick = [variant for variant in VARIANTS if times[variant][0] < PATIENCE_S or variant != "bfloat16"]
times.update({variant: [] for variant in quick}, peer=[])
for _ in range(ROUNDS):
    times["peer"] += peer.seconds(REPEATS)
    for variant in quick:
        times[variant] += ask(variant, REPEATS)
ours.stdin.close()
ours.wait()
theirs = statistics.median(times["peer"])
print(f"Training step, {THREADS} threads; torch {torch.__version__}; load {os.getloadavg()[0]:.1f}")
print(f"  torch, as it is used      {theirs * 1e3:8.1f} ms (least {min(times['peer']) * 1e3:.1f})")
for variant, label in VARIANTS.items():
    own = statistics.median(times[variant])
    least = min(times[variant]) / min(times["peer"])
    print(
        f"  ours, {label:<22}{own * 1e3:8.1f} ms (least {min(times[variant]) * 1e3:.1f}),"
        f" ours / torch {own / theirs:.2f} (least {least:.2f})",
        flush=True,
    )
