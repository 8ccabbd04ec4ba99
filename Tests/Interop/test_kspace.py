"""K-space of patients: as h5py sees it, and reconstructed by us and by bart."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import h5py
import ismrmrd
import ismrmrd.xsd
import numpy as np
import pytest

from make_foreign_mrd import header, write
from test_raw_data import acquisitions, image_transform, read_cfl, rss, write_cfl

FOLDER = Path(os.environ["CINEFORGE_INTEROP"])
PROGRAM = os.environ["CINEFORGE_PROGRAM"]
needs_bart = pytest.mark.skipif(shutil.which("bart") is None, reason="Debian's bart is not installed")


@pytest.fixture(params=["p000000", "p000001"])
def kspace(request):
    with h5py.File(FOLDER / f"dataset/patients/{request.param}.h5") as file:
        yield file["kspace/sax"]


def reconstruct(path, method, out, *options):
    command = [PROGRAM, "reconstruct", path, "--method", method, "--out", out, "--json", *options]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def test_shapes(kspace):
    slices, frames, coils, lines, samples = kspace["samples"].shape
    assert (slices, frames, coils, samples) == (2, 5, 6, 136)
    assert kspace["samples"].dtype == np.complex64
    assert kspace["lines"].shape == kspace["time_ms"].shape == kspace["beat"].shape == (slices, frames, lines)
    assert kspace["reference"].shape == (slices, frames, 68, 68)
    assert kspace["coil_maps"].shape == (slices, coils, 68, 68)
    covariance = kspace["noise_covariance"][()]
    np.testing.assert_array_equal(covariance, covariance.conj().T)


def test_times_are_those_of_a_scan(kspace):
    time, since, phase = kspace["time_ms"][()], kspace["since_r_ms"][()], kspace["cardiac_phase"][()]
    assert (time >= 0).all() and (since >= 0).all() and (since <= time).all()
    assert ((phase >= 0) & (phase < 1)).all()
    # The patient breathes.
    assert np.ptp(kspace["breath_mm"][()]) > 1


def test_samples_show_the_reference():
    with h5py.File(FOLDER / "dataset/patients/p000000.h5") as file:
        group = file["kspace/sax"]
        images = image_transform(group["samples"][0])[..., 34:102]
        maps, reference = group["coil_maps"][0], group["reference"][0]
        combined = (maps.conj() * images).sum(1) / (np.abs(maps) ** 2).sum(0)
        # Breathing and noise at an SNR of 25 are all that differs.
        error = np.linalg.norm(combined - reference) / np.linalg.norm(reference)
        assert 0.01 < error < 0.4


def test_our_root_sum_of_squares_is_numpys(tmp_path):
    path = FOLDER / "mrd/p000000_sax.h5"
    reconstruct(path, "root-sum-of-squares", tmp_path / "ours.h5", "--slice", "1", "--maps", "walsh")
    head, found = acquisitions(path)
    noise = np.concatenate([a.data for a in found if a.is_flag_set(ismrmrd.ACQ_IS_NOISE_MEASUREMENT)], axis=1)
    whitener = np.linalg.inv(np.linalg.cholesky(noise.astype(complex) @ noise.conj().T / noise.shape[1]))
    with h5py.File(tmp_path / "ours.h5") as file:
        for frame in range(5):
            grid = np.zeros((6, 68, 136), complex)
            for a in found:
                if a.idx.slice == 1 and a.idx.phase == frame and not a.is_flag_set(ismrmrd.ACQ_IS_NOISE_MEASUREMENT):
                    grid[:, a.idx.kspace_encode_step_1] = whitener @ a.data
            expected = np.sqrt((np.abs(image_transform(grid)) ** 2).sum(0))[:, 34:102]
            ours = file["reconstruction"][0, frame]
            # Single precision.
            assert np.abs(ours - expected).max() < 1e-4 * expected.max()


@needs_bart
def test_bart_and_we_agree_on_our_data(tmp_path):
    """CG-SENSE with the same maps, λ and iterations: what is left is single precision."""
    reconstruct(FOLDER / "dataset/patients/p000001.h5", "cg-sense", tmp_path / "ours.h5", "--slice", "0")
    with h5py.File(FOLDER / "dataset/patients/p000001.h5") as file, h5py.File(tmp_path / "ours.h5") as ours:
        group = file["kspace/sax"]
        maps = group["coil_maps"][0]
        # We iterate on the image times the coils' root sum of squares, which is what normalised maps give.
        gain = np.sqrt((np.abs(maps) ** 2).sum(0))
        # bart's maps are as wide as its readout.
        wide = np.zeros((6, 68, 136), np.complex64)
        wide[:, :, 34:102] = maps / gain
        write_cfl(tmp_path / "maps", wide.transpose(2, 1, 0)[:, :, None, :])
        for frame in (0, 3):
            grid = np.zeros((6, 68, 136), np.complex64)
            grid[:, group["lines"][0, frame]] = group["samples"][0, frame]
            write_cfl(tmp_path / "kspace", grid.transpose(2, 1, 0)[:, :, None, :])
            command = ["bart", "pics", "-l2", "-r", "0.01", "-i", "15", "-w", "1", "kspace", "maps", "image"]
            subprocess.run(command, cwd=tmp_path, check=True, stdout=subprocess.DEVNULL)
            theirs = read_cfl(tmp_path / "image").T[:, 34:102] / gain
            error = np.linalg.norm(ours["image"][0, frame] - theirs) / np.linalg.norm(theirs)
            assert error < 1e-5


@needs_bart
def test_we_reconstruct_barts_phantom(tmp_path):
    subprocess.run(["bart", "phantom", "-x", "64", "-k", "-s", "4", "kspace"], cwd=tmp_path, check=True)
    samples = read_cfl(tmp_path / "kspace").transpose(2, 1, 0)  # [C, lines, readout]
    head = header("cartesian", 64, 64, 64, 32)
    head.encoding[0].reconSpace.matrixSize.x = 64
    head.encoding[0].encodedSpace.fieldOfView_mm.x = 300.0
    readouts = []
    for line in range(64):
        acquisition = ismrmrd.Acquisition.from_array(np.ascontiguousarray(samples[:, line]))
        acquisition.idx.kspace_encode_step_1 = line
        acquisition.center_sample = 32
        readouts.append(acquisition)
    write(tmp_path / "bart.h5", head, readouts)
    reconstruct(tmp_path / "bart.h5", "root-sum-of-squares", tmp_path / "ours.h5", "--maps", "walsh")
    subprocess.run("bart fft -u -i 3 kspace images && bart rss 8 images rss", shell=True, cwd=tmp_path, check=True)
    theirs = read_cfl(tmp_path / "rss").real.T
    with h5py.File(tmp_path / "ours.h5") as file:
        ours = file["reconstruction"][0, 0]
    # Single precision.
    assert np.abs(ours - theirs).max() < 1e-5 * theirs.max()


def test_fastmri_target_is_the_root_sum_of_squares_of_a_perfect_scan():
    (path,) = (FOLDER / "fastmri").glob("multicoil_*/p000000_sax_0.h5")
    with h5py.File(path) as file:
        target, kspace = file["reconstruction_rss"][()], file["kspace"][()]
        assert file.attrs["max"] == pytest.approx(target.max())
    shown = np.stack([rss(frame)[34:102] for frame in kspace])
    # Breathing and noise are all that differs.
    error = np.linalg.norm(shown - target) / np.linalg.norm(target)
    assert 0.01 < error < 0.4
