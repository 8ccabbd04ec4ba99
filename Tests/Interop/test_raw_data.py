"""MRD and fastMRI files: ours with ismrmrd-python, bart and fastMRI's way of reading; those of others with ours.

`make_foreign_mrd.py` makes the files of others, and the Swift tests named InteropSamples all the rest.
"""

import os
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import h5py
import ismrmrd
import ismrmrd.xsd
import numpy as np
import pytest

FOLDER = Path(os.environ["CINEFORGE_INTEROP_DIR"])
SCHEMA = Path("/usr/share/ismrmrd/schema/ismrmrd.xsd")
LPS = np.diag([-1.0, -1.0, 1.0])


def acquisitions(path):
    with ismrmrd.Dataset(str(path), mode="r") as file:
        head = ismrmrd.xsd.CreateFromDocument(file.read_xml_header())
        return head, [file.read_acquisition(n) for n in range(file.number_of_acquisitions())]


def image_transform(samples):
    """Centred orthonormal inverse transform over the last two axes."""
    axes = (-2, -1)
    return np.fft.fftshift(np.fft.ifft2(np.fft.ifftshift(samples, axes=axes), norm="ortho"), axes=axes)


def rss(samples):
    return np.sqrt((np.abs(image_transform(samples)) ** 2).sum(0))


# What we write


@pytest.mark.parametrize("name", ["cartesian", "radial"])
def test_ismrmrd_python_reads_every_value(name):
    head, found = acquisitions(FOLDER / f"{name}.mrd.h5")
    with h5py.File(FOLDER / f"{name}.arrays.h5") as arrays:
        expected = {key: value[()] for key, value in arrays.items()}
        affine = arrays.attrs["affine"]
    assert len(found) == 1 + 2 * 15
    assert found[0].is_flag_set(ismrmrd.ACQ_IS_NOISE_MEASUREMENT)
    np.testing.assert_array_equal(found[0].data, (np.arange(10) - 1j).reshape(2, 5))
    for number, readout in enumerate(found[1:]):
        slice, frame, line = number // 15, number // 5 % 3, number % 5
        np.testing.assert_array_equal(readout.data, expected["samples"][frame, :, line])
        assert (readout.version, readout.active_channels, readout.number_of_samples) == (1, 2, 8)
        assert (readout.idx.slice, readout.idx.phase, readout.idx.repetition) == (slice, frame, 0)
        assert readout.idx.segment == expected["beats"][frame, line]
        assert readout.scan_counter == number and readout.center_sample == 4 and readout.sample_time_us == 4
        # Time stamps are in steps of 2.5 ms.
        assert abs(readout.acquisition_time_stamp * 2.5 - expected["times_ms"][frame, line]) <= 1.25
        assert abs(readout.physiology_time_stamp[0] * 2.5 - expected["since_r_ms"][frame, line]) <= 1.25
        truth = [expected[key][frame, line] for key in ["phases", "breath_mm", "since_r_ms", "times_ms"]]
        np.testing.assert_array_equal(readout.user_float[:4], np.float32(truth))
        # Single precision of positions within 100 mm.
        np.testing.assert_allclose(readout.position, LPS @ (affine @ [1.5, 2.5, 0, 1])[:3], atol=1e-5)
        for direction, column in zip([readout.read_dir, readout.phase_dir, readout.slice_dir], affine[:3, :3].T):
            np.testing.assert_allclose(direction, LPS @ column / np.linalg.norm(column), atol=1e-6)
        assert readout.is_flag_set(ismrmrd.ACQ_FIRST_IN_SLICE) == (line == 0)
        assert readout.is_flag_set(ismrmrd.ACQ_LAST_IN_SLICE) == (line == 4)
        assert readout.is_flag_set(ismrmrd.ACQ_LAST_IN_PHASE) == (line == 4)
        assert readout.is_flag_set(ismrmrd.ACQ_LAST_IN_MEASUREMENT) == (number == 29)
        if name == "cartesian":
            assert readout.traj.size == 0 and readout.idx.kspace_encode_step_1 == expected["lines"][frame, line]
        else:
            # Cycles per field of view over the matrix.
            wanted = expected["trajectory"][frame, line] / [4, 6]
            np.testing.assert_allclose(readout.traj, wanted, atol=1e-7)
    encoding = head.encoding[0]
    assert len(head.encoding) == 1 and encoding.trajectory.value == name
    assert head.subjectInformation.patientID == "p000000" and head.sequenceParameters.TR[0] == 3.2
    assert encoding.encodingLimits.phase.maximum == 2 and encoding.encodingLimits.slice.maximum == 1


@pytest.mark.skipif(not SCHEMA.exists(), reason="Debian's ismrmrd-schema is not installed")
@pytest.mark.parametrize("name", ["cartesian", "radial"])
def test_header_is_valid_by_the_schema(name):
    etree = pytest.importorskip("lxml.etree")
    with h5py.File(FOLDER / f"{name}.mrd.h5") as file:
        etree.XMLSchema(etree.parse(SCHEMA)).assertValid(etree.fromstring(file["dataset/xml"][0]))


def test_layout_is_that_of_libismrmrd():
    foreign = FOLDER / "foreign/lib_plain.h5"
    if not foreign.exists():
        pytest.skip("Debian's ismrmrd-tools are not installed")
    with h5py.File(FOLDER / "cartesian.mrd.h5") as ours, h5py.File(foreign) as theirs:
        assert ours["dataset/data"].id.get_type().equal(theirs["dataset/data"].id.get_type())
        assert ours["dataset/data"].maxshape == (None,)


# What others write


def test_files_of_others():
    """Readouts of each image are those that Python finds, at the place where they belong."""
    names = sorted(path.name for path in (FOLDER / "foreign").glob("[!b]*.h5"))
    assert {"python_cartesian.h5", "python_radial.h5"} <= set(names)
    for name in names:
        head, found = acquisitions(FOLDER / "foreign" / name)
        encoding = head.encoding[0]
        matrix = encoding.encodedSpace.matrixSize
        center = encoding.encodingLimits.kspace_encoding_step_1.center
        noise = [a.data for a in found if a.is_flag_set(ismrmrd.ACQ_IS_NOISE_MEASUREMENT)]
        used = []
        with h5py.File(FOLDER / f"read_{name}") as read:
            if noise:
                np.testing.assert_array_equal(read["noise"], np.concatenate(noise, axis=1))
            for group in (value for key, value in read.items() if key.startswith("image")):
                readouts = group["readouts"][()]
                used += list(readouts)
                for line, number in enumerate(readouts):
                    idx = found[number].idx
                    counters = [idx.slice, idx.contrast, idx.set, idx.repetition, idx.phase]
                    np.testing.assert_array_equal(group.attrs["counters"], counters)
                    samples = group["samples"][:, line]
                    if encoding.trajectory.value == "cartesian":
                        assert group["lines"][line] == idx.kspace_encode_step_1 - center + matrix.y // 2
                        start = matrix.x // 2 - found[number].center_sample
                        end = start + found[number].number_of_samples
                        np.testing.assert_array_equal(samples[:, start:end], found[number].data)
                        assert not samples[:, :start].any() and not samples[:, end:].any()
                    else:
                        np.testing.assert_array_equal(samples, found[number].data)
                        # From ±1/2 of the matrix over 600 mm to cycles per 300 mm; the other way is not oversampled.
                        wanted = found[number].traj * [matrix.x / 2, matrix.y]
                        np.testing.assert_allclose(group["trajectory"][line], wanted, rtol=1e-6, atol=1e-6)
            if name.startswith("python"):
                affine = read["image0"].attrs["affine"]
                middle = affine @ [(matrix.x / 2 - 1) / 2, (matrix.y - 1) / 2, 0, 1]
                np.testing.assert_allclose(middle[:3], [-1.5, 2.5, 30], atol=1e-5)
                np.testing.assert_allclose(affine[:3, 0], [0, -300 / (matrix.x / 2), 0], atol=1e-5)
        flags = [ismrmrd.ACQ_IS_NOISE_MEASUREMENT, ismrmrd.ACQ_IS_PARALLEL_CALIBRATION]
        left = [n for n in range(len(found)) if any(found[n].is_flag_set(flag) for flag in flags)]
        assert sorted(used + left) == list(range(len(found)))


# bart


def write_cfl(name, array):
    """Dimensions in Fortran order, as bart has them."""
    Path(f"{name}.hdr").write_text("# Dimensions\n" + " ".join(map(str, array.shape)) + "\n")
    array.astype(np.complex64).ravel(order="F").tofile(f"{name}.cfl")


def read_cfl(name):
    shape = [int(n) for n in Path(f"{name}.hdr").read_text().splitlines()[1].split()]
    return np.fromfile(f"{name}.cfl", np.complex64).reshape(shape, order="F").squeeze()


def bart_rss(folder, samples):
    """Root of the sum of squares by bart; samples are [coils, rows, columns]."""
    write_cfl(folder / "kspace", samples.transpose(1, 2, 0)[:, :, None, :])
    for command in [["fft", "-u", "-i", "3", "kspace", "images"], ["rss", "8", "images", "rss"]]:
        subprocess.run(["bart", *command], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return read_cfl(folder / "rss").real


def gridded(head, readouts):
    """[coils, rows, columns] of readouts; columns are the phase encoding."""
    matrix = head.encoding[0].encodedSpace.matrixSize
    grid = np.zeros((readouts[0].active_channels, matrix.x, matrix.y), np.complex64)
    for readout in readouts:
        grid[:, :, readout.idx.kspace_encode_step_1] = readout.data
    return grid


@pytest.mark.skipif(shutil.which("bart") is None, reason="Debian's bart is not installed")
def test_bart_reconstructs_what_we_wrote(tmp_path):
    head, found = acquisitions(FOLDER / "cartesian.mrd.h5")
    for frame in range(3):
        readouts = [a for a in found[1:] if a.idx.slice == 0 and a.idx.phase == frame]
        samples = gridded(head, readouts)
        image = bart_rss(tmp_path, samples)
        # Single precision of sums over 48 samples of magnitude 1.
        np.testing.assert_allclose(image, rss(samples), atol=2e-6)
        with h5py.File(FOLDER / "fastmri/multicoil_train/p000000_sax_s00.h5") as file:
            np.testing.assert_allclose(image, rss(file["kspace"][frame]), atol=2e-6)


@pytest.mark.skipif(shutil.which("bart") is None, reason="Debian's bart is not installed")
def test_bart_reconstructs_what_we_read(tmp_path):
    path = FOLDER / "read_lib_plain.h5"
    if not path.exists():
        pytest.skip("Debian's ismrmrd-tools are not installed")
    with h5py.File(path) as read, h5py.File(FOLDER / "foreign/lib_plain.h5") as source:
        group = read["image0"]
        samples = np.zeros((4, 64, 32), np.complex64)
        samples[:, :, group["lines"][()]] = group["samples"][()].transpose(0, 2, 1)
        image = bart_rss(tmp_path, samples)[16:48]
        coils = source["dataset/coil_images"][0]
        truth = np.sqrt((np.abs(coils["real"] + 1j * coils["imag"]) ** 2).sum(0))
    # The generator keeps the images that it transformed, with the phase encoding along rows. Without noise, they differ
    # by single precision of two transforms of values up to 1.
    np.testing.assert_allclose(image, truth[:, 16:48].T, atol=5e-6)


# fastMRI's loader, by what it does: formats of issue 3, not its code


def first(root, *path):
    """The text of the first element at a path, in ISMRMRD's name space."""
    for name in path:
        root = root.find(f"{{http://www.ismrm.org/ISMRMRD}}{name}")
        assert root is not None, name
    return root.text


def metadata(file):
    root = ElementTree.fromstring(file["ismrmrd_header"][()])
    size = {
        space: [int(first(root, "encoding", space, "matrixSize", axis)) for axis in "xyz"]
        for space in ["encodedSpace", "reconSpace"]
    }
    limits = ["encoding", "encodingLimits", "kspace_encoding_step_1"]
    center, maximum = int(first(root, *limits, "center")), int(first(root, *limits, "maximum"))
    left = size["encodedSpace"][1] // 2 - center
    assert len(root.findall("{http://www.ismrm.org/ISMRMRD}encoding")) == 1
    return {"padding": (left, left + maximum + 1), "crop": size["reconSpace"], "encoded": size["encodedSpace"]}


@pytest.mark.parametrize("split", ["train", "test"])
def test_fastmri_slices(split):
    folder = FOLDER / f"fastmri/multicoil_{split}"
    # Loaders open every entry.
    files = sorted(folder.iterdir())
    assert [path.name for path in files] == ["p000000_sax_s00.h5"]
    with h5py.File(files[0]) as file, h5py.File(FOLDER / "cartesian.arrays.h5") as arrays:
        # MONAI takes every root key as an array.
        assert all(isinstance(value, h5py.Dataset) for value in file.values())
        about = metadata(file)
        kspace = file["kspace"]
        assert kspace.dtype == np.complex64 and kspace.shape == (3, 2, 8, 6)
        assert about["padding"] == (0, kspace.shape[-1]) and about["encoded"][:2] == list(kspace.shape[2:])
        for frame in range(kspace.shape[0]):
            expected = np.zeros((2, 8, 6), np.complex64)
            for line, column in enumerate(arrays["lines"][frame]):
                expected[:, :, column] = arrays["samples"][frame, :, line]
            np.testing.assert_array_equal(kspace[frame], expected)
        attributes = dict(file.attrs)
        assert attributes["acquisition"] == "CINE_SAX" and attributes["patient_id"] == "p000000"
        if split == "train":
            target = file["reconstruction_rss"]
            assert target.dtype == np.float32 and target.shape == (3, *about["crop"][:2]) and "mask" not in file
            assert attributes["max"] == target[()].max() == 25
            assert attributes["norm"] == pytest.approx(np.linalg.norm(target[()].astype(float)))
        else:
            np.testing.assert_array_equal(np.asarray(file["mask"]), [1, 0, 1, 0, 1, 0])
            assert "reconstruction_rss" not in file and attributes["acceleration"] == 4
    assert sorted(path.name for path in (FOLDER / "fastmri").iterdir()) == ["multicoil_test", "multicoil_train"]
    with h5py.File(FOLDER / "fastmri_truth/p000000_sax_s00.h5") as truth:
        assert truth["label"].shape == (4, 6)
