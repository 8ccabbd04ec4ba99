"""Makes MRD files as others do: with ismrmrd-python, and with libismrmrd's generator where it is installed.

    make_foreign_mrd.py FOLDER
"""

import shutil
import subprocess
import sys
from pathlib import Path

import h5py
import ismrmrd
import ismrmrd.xsd
import numpy as np


def space(x, y, fov):
    return ismrmrd.xsd.encodingSpaceType(
        matrixSize=ismrmrd.xsd.matrixSizeType(x=x, y=y, z=1),
        fieldOfView_mm=ismrmrd.xsd.fieldOfViewMm(x=fov[0], y=fov[1], z=8.0))


def header(trajectory, rows, columns, lines, center):
    limits = ismrmrd.xsd.encodingLimitsType(
        kspace_encoding_step_1=ismrmrd.xsd.limitType(minimum=0, maximum=lines - 1, center=center))
    encoding = ismrmrd.xsd.encodingType(
        encodedSpace=space(columns, rows, (2 * 300.0, 300.0)), reconSpace=space(columns // 2, rows, (300.0, 300.0)),
        encodingLimits=limits, trajectory=ismrmrd.xsd.trajectoryType(trajectory))
    return ismrmrd.xsd.ismrmrdHeader(
        experimentalConditions=ismrmrd.xsd.experimentalConditionsType(H1resonanceFrequency_Hz=63870000),
        acquisitionSystemInformation=ismrmrd.xsd.acquisitionSystemInformationType(
            systemFieldStrength_T=1.5, receiverChannels=3),
        encoding=[encoding])


def readout(random, coils, samples, center, dimensions=0, **counters):
    data = (random.standard_normal((coils, samples)) + 1j * random.standard_normal((coils, samples))).astype("c8")
    acquisition = ismrmrd.Acquisition()
    acquisition.resize(samples, coils, dimensions)
    acquisition.data[:] = data
    acquisition.center_sample = center
    for name, value in counters.items():
        setattr(acquisition.idx, name, value)
    acquisition.position[:] = (1.5, -2.5, 30)
    acquisition.read_dir[:] = (0, 1, 0)
    acquisition.phase_dir[:] = (0, 0, 1)
    acquisition.slice_dir[:] = (1, 0, 0)
    return acquisition


def write(path, head, acquisitions):
    with ismrmrd.Dataset(str(path), mode="w") as file:
        file.write_xml_header(ismrmrd.xsd.ToXML(head).encode())
        for number, acquisition in enumerate(acquisitions):
            acquisition.scan_counter = number
            file.append_acquisition(acquisition)


def main(folder):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(4)
    # Partial Fourier, asymmetric echo, noise, calibration, two slices with three phases interleaved.
    noise = readout(random, 3, 24, 0)
    noise.set_flag(ismrmrd.ACQ_IS_NOISE_MEASUREMENT)
    calibration = readout(random, 3, 20, 8, kspace_encode_step_1=6)
    calibration.set_flag(ismrmrd.ACQ_IS_PARALLEL_CALIBRATION)
    acquisitions = [noise, calibration]
    for line in range(1, 9):
        for slice in range(2):
            for phase in range(3):
                acquisitions.append(
                    readout(random, 3, 20, 8, kspace_encode_step_1=line, slice=slice, phase=phase, average=line % 2))
    write(folder / "python_cartesian.h5", header("cartesian", 12, 24, 10, 4), acquisitions)
    spokes = []
    for spoke in range(7):
        acquisition = readout(random, 3, 24, 12, dimensions=2, kspace_encode_step_1=spoke)
        radius = (np.arange(24) - 12) / 24
        acquisition.traj[:] = np.stack([radius * np.cos(spoke), radius * np.sin(spoke)], 1)
        spokes.append(acquisition)
    write(folder / "python_radial.h5", header("radial", 12, 24, 7, 0), spokes)
    # Compressed, which is of no use for lists of variable length, and is refused.
    with h5py.File(folder / "python_radial.h5") as source, h5py.File(folder / "bad_compressed.h5", "w") as target:
        target["dataset/xml"] = source["dataset/xml"][()]
        target.create_dataset("dataset/data", data=source["dataset/data"][()], chunks=(4,), compression="gzip")
    generator = shutil.which("ismrmrd_generate_cartesian_shepp_logan")
    if generator:
        for name, options in [("plain", ["-n", "0"]), ("accelerated", ["-a", "2", "-w", "8", "-r", "2", "-C"])]:
            subprocess.run(
                [generator, "-m", "32", "-c", "4", *options, "-o", str(folder / f"lib_{name}.h5")],
                check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main(sys.argv[1])
