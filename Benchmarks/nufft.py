"""Our NUFFT against FINUFFT's, in turns on one machine and at no larger error. Called by run.sh.

Both make their plans and sort their points beforehand. FINUFFT runs with the tolerance and the oversampling that are
fastest among those whose error is at most ours. Errors are those of random data against the sum itself, in double
precision, at some of the outputs.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

# On a busy machine FINUFFT is several times faster when its threads do not spin while they wait.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
import finufft  # noqa: E402
import numpy as np  # noqa: E402

THREADS = 2
ROUNDS = 15
program = Path(sys.argv[1]) / "FourierBenchmark"
random = np.random.default_rng(1)


def noise(*shape):
    """Normal complex numbers in single precision."""
    return (random.standard_normal(shape) + 1j * random.standard_normal(shape)).astype(np.complex64)


def golden_spokes(spokes, samples, size):
    """Points [spokes * samples, (x, y, z)] in cycles per field of view, twice oversampled along each spoke."""
    angles = np.arange(spokes)[:, None] * np.pi / ((1 + 5**0.5) / 2)
    radii = (np.arange(samples)[None] - samples / 2) * size / samples
    flat = [radii * np.cos(angles), radii * np.sin(angles), np.zeros((spokes, samples))]
    return np.stack([part.ravel() for part in flat], axis=-1)


class Case:
    """One problem: data, the exact result at some outputs, and both programs."""

    def __init__(self, name, shape, points, batch, tolerance, repeats):
        self.name, self.shape, self.points, self.batch = name, shape, points, batch
        self.tolerance, self.repeats = tolerance, repeats
        self.images = noise(batch, *shape)
        self.samples = noise(batch, len(points))
        # Coordinates in the order of the array's axes, in rad per sample.
        self.angles = [2 * np.pi * points[:, axis] / size for axis, size in zip(range(len(shape))[::-1], shape)]
        self.some_samples = random.choice(len(points), 200, replace=False)
        self.some_pixels = random.choice(int(np.prod(shape)), 60, replace=False)
        self.exact = {"forward": self.exact_samples(), "adjoint": self.exact_pixels()}

    def exact_samples(self):
        """Some samples of the first image."""
        phases = [
            np.exp(-1j * np.outer(angle[self.some_samples], np.arange(size) - size // 2))
            for angle, size in zip(self.angles, self.shape)
        ]
        letters = "abc"[: len(self.shape)]
        terms = ",".join("m" + letter for letter in letters)
        image = self.images[0].astype(complex)
        return np.einsum(f"{letters},{terms}->m", image, *phases, optimize=True) / image.size**0.5

    def exact_pixels(self):
        """Some pixels of the first image that its samples make."""
        places = np.unravel_index(self.some_pixels, self.shape)
        samples = self.samples[0].astype(complex)
        result = []
        for place in zip(*places):
            phase = sum(angle * (at - size // 2) for angle, at, size in zip(self.angles, place, self.shape))
            result.append(np.sum(samples * np.exp(1j * phase)))
        return np.array(result) / np.prod(self.shape) ** 0.5

    def error(self, direction, result):
        """Relative error of a whole result at the chosen outputs."""
        chosen = self.some_samples if direction == "forward" else self.some_pixels
        exact = self.exact[direction]
        found = result.reshape(self.batch, -1)[0, chosen]
        return np.linalg.norm(found - exact) / np.linalg.norm(exact)

    def peer(self, direction, tolerance, oversampling):
        """A planned FINUFFT as a function without arguments that returns the result, unscaled."""
        kind, sign = (2, -1) if direction == "forward" else (1, 1)
        plan = finufft.Plan(
            kind, self.shape, n_trans=self.batch, eps=tolerance, isign=sign, dtype="complex64", nthreads=THREADS,
            upsampfac=oversampling,
        )
        plan.setpts(*(np.ascontiguousarray(angle, dtype=np.float32) for angle in self.angles))
        data, result = (self.images, self.samples) if direction == "forward" else (self.samples, self.images)
        data = data if self.batch > 1 else data[0]
        result = np.empty_like(result if self.batch > 1 else result[0])
        return lambda: plan.execute(data, result)

    def best_peer(self, direction, limit):
        """The fastest FINUFFT within an error, or else the most accurate one: function, label and error."""
        candidates = []
        for oversampling in (0, 1.25, 1.5, 2.0):
            for factor in (4, 2, 1, 0.5, 0.25):
                try:
                    run = self.peer(direction, self.tolerance * factor, oversampling)
                except RuntimeError:
                    continue
                error = self.error(direction, run() / np.prod(self.shape) ** 0.5)
                label = f"tolerance {self.tolerance * factor:.1e}, oversampling {oversampling or 'its choice'}"
                candidates.append((error, label, run))
                if error <= limit:
                    break
        fitting = [candidate for candidate in candidates if candidate[0] <= limit]
        if not fitting:
            return min(candidates, key=lambda candidate: candidate[0])
        return min(fitting, key=lambda candidate: min(seconds(candidate[2]) for _ in range(2 * self.repeats)))

    def run(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            self.points.astype(np.float64).tofile(folder / "points.f64")
            self.images.tofile(folder / "images.c64")
            self.samples.tofile(folder / "samples.c64")
            command = [program, folder, self.tolerance, THREADS, self.batch, *self.shape]
            ours = subprocess.Popen(
                [str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            setting = ours.stdout.readline().strip()

            def ask(what, repeats):
                ours.stdin.write(f"{what} {repeats}\n")
                ours.stdin.flush()
                return [float(word) for word in ours.stdout.readline().split()]

            limits = {}
            for direction in ("forward", "adjoint"):
                ask(direction, 1)
                ask("save", 0)
                limits[direction] = self.error(direction, np.fromfile(folder / f"{direction}.c64", np.complex64))
            print(f"{self.name}: ours {setting}")
            for direction in ("forward", "adjoint"):
                error, label, peer = self.best_peer(direction, limits[direction])
                theirs, own = [], []
                for _ in range(ROUNDS):
                    time.sleep(0.02)
                    theirs += [seconds(peer) for _ in range(self.repeats)]
                    time.sleep(0.02)
                    own += ask(direction, self.repeats)
                report(direction, theirs, own, error, limits[direction], label)
            ours.stdin.close()
            ours.wait()


def seconds(function):
    """Seconds of one call."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def report(direction, theirs, own, peer_error, own_error, label):
    """Prints medians and minima in ms and their ratios."""
    kind = "type 2" if direction == "forward" else "type 1"
    peer, mine = statistics.median(theirs) * 1e3, statistics.median(own) * 1e3
    print(f"  {kind}  FINUFFT {peer:8.2f} ms (least {min(theirs) * 1e3:.2f}), error {peer_error:.1e}; {label}")
    print(f"          ours    {mine:8.2f} ms (least {min(own) * 1e3:.2f}), error {own_error:.1e}")
    print(
        f"          FINUFFT / ours {peer / mine:.2f} (least {min(theirs) / min(own):.2f})   target: at least 1",
        flush=True,
    )


print(f"NUFFT, {THREADS} threads, single precision; finufft {finufft.__version__}; load {os.getloadavg()[0]:.1f}")
Case("8 coils, 192², 200 golden-angle spokes × 384", (192, 192), golden_spokes(200, 384, 192), 8, 1e-4, 10).run()
uniform = (random.random((10**6, 3)) - 0.5) * 96
Case("96³, 10⁶ random points", (96, 96, 96), uniform, 1, 1e-4, 2).run()
