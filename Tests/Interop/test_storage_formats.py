"""Reads what Storage writes with the tools of its users: h5py, nibabel, SimpleITK and Pillow.

Needs: pip install h5py nibabel SimpleITK pillow
Run:   CINEFORGE_INTEROP_DIR=$(mktemp -d); export CINEFORGE_INTEROP_DIR
       swift test -c release -Xswiftc -enable-testing --filter InteropSamples
       python3 Tests/Interop/test_storage_formats.py
"""

import glob
import os
import unittest

import h5py
import nibabel
import numpy as np
import SimpleITK as sitk
from PIL import Image

FOLDER = os.environ["CINEFORGE_INTEROP_DIR"]


def path(name):
    return os.path.join(FOLDER, name)


class HDF5(unittest.TestCase):
    def test_values_types_and_filters(self):
        ramp = np.arange(120, dtype=np.float32) * 0.25
        with h5py.File(path("sample.h5")) as file:
            for packing in ["plain", "checksummed", "gzip1"]:
                group = file[packing]
                expected = {
                    "f32": ramp.reshape(2, 3, 4, 5),
                    "f16": ramp.astype(np.float16).reshape(2, 3, 4, 5),
                    "u8": np.arange(120, dtype=np.uint8).reshape(2, 3, 4, 5),
                    "i32": -np.arange(120, dtype=np.int32).reshape(2, 3, 4, 5),
                    "c64": ramp.view(np.complex64).reshape(3, 4, 5),
                }
                for name, values in expected.items():
                    self.assertEqual(group[name].dtype, values.dtype)
                    np.testing.assert_array_equal(group[name][()], values)
                    self.assertEqual(group[name].fletcher32, packing != "plain")
                    self.assertEqual(group[name].compression, "gzip" if packing == "gzip1" else None)

    def test_attributes(self):
        with h5py.File(path("sample.h5")) as file:
            self.assertEqual(file.attrs["format"], "cineforge.patient")
            self.assertEqual(file.attrs["seed"], 7)
            self.assertEqual(file.attrs["lv_ef"], 0.5)
            np.testing.assert_array_equal(file["plain/f32"].attrs["affine"], np.eye(4))


class NIfTI(unittest.TestCase):
    def test_poses(self):
        names = glob.glob(path("pose*.nii.gz"))
        self.assertEqual(len(names), 300)
        lps = np.diag([-1.0, -1.0, 1.0])
        for name in names:
            affine = np.loadtxt(name.replace(".nii.gz", ".txt")).reshape(4, 4)
            image = nibabel.load(name)
            # Single precision of positions within 100 mm.
            np.testing.assert_allclose(image.get_sform(), affine, atol=2e-5)
            # Near half a turn the quaternion loses half its digits.
            np.testing.assert_allclose(image.get_qform(), affine, atol=5e-3)
            self.assertAlmostEqual(image.header.get_zooms()[3], 0.04, places=6)
            self.assertEqual(image.header.get_xyzt_units(), ("mm", "sec"))
            values = np.arange(120, dtype=np.float32).reshape(2, 3, 4, 5).T
            np.testing.assert_array_equal(np.asarray(image.dataobj), values)
            # SimpleITK refuses axes that are not orthonormal, and turns RAS to LPS.
            other = sitk.ReadImage(name)
            np.testing.assert_allclose(other.GetOrigin()[:3], lps @ affine[:3, 3], atol=1e-4)
            np.testing.assert_allclose(other.GetSpacing(), [1.4, 1.25, 8, 0.04], rtol=1e-6)

    def test_displacement(self):
        image = nibabel.load(path("field.nii"))
        self.assertEqual(image.shape, (5, 4, 3, 1, 3))
        self.assertEqual(image.header.get_intent()[0], "displacement vector")
        self.assertEqual(image.header.get_intent()[2], "disp_ED2t_RAS")
        # ITK knows the intent and turns the components to LPS.
        self.assertEqual(sitk.ReadImage(path("field.nii")).GetPixel(0, 0, 0), (-1.0, -2.0, 3.0))


class APNG(unittest.TestCase):
    def test_frames(self):
        with Image.open(path("sample.png")) as image:
            self.assertEqual((image.n_frames, image.info["loop"]), (3, 0))
            for index in range(3):
                image.seek(index)
                n = np.arange(37 * 23 * 3)
                expected = ((n + index) * (n // 50)).astype(np.uint8).reshape(23, 37, 3)
                np.testing.assert_array_equal(np.asarray(image.convert("RGB")), expected)
                self.assertEqual(image.info["duration"], 40)


if __name__ == "__main__":
    unittest.main()
