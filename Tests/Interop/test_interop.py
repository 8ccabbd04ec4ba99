"""What cineforge writes, read by the tools that users have, against the contract and against itself."""

import hashlib
import json
import os
from pathlib import Path

import h5py
import jsonschema
import nibabel
import numpy as np
import pytest
import SimpleITK
import yaml

FOLDER = Path(os.environ["CINEFORGE_INTEROP"])
ROOT = Path(__file__).resolve().parents[2]
VIEWS = ["sax", "lax_2ch", "lax_3ch", "lax_4ch"]
LABELS = set(range(10)) | set(range(16, 28))


@pytest.fixture(scope="session")
def manifest():
    return json.loads((FOLDER / "dataset/manifest.json").read_text())


@pytest.fixture(scope="session", params=["p000000", "p000001"])
def patient(request):
    with h5py.File(FOLDER / f"dataset/patients/{request.param}.h5") as file:
        yield file


def nifti(patient, name):
    return FOLDER / "nifti" / patient.attrs["id"] / f"{name}.nii.gz"


def rotation(vector):
    """Rodrigues' formula."""
    angle = np.linalg.norm(vector)
    if angle == 0:
        return np.eye(3)
    x, y, z = np.asarray(vector, float) / angle
    k = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + np.sin(angle) * k + (1 - np.cos(angle)) * k @ k


# The dataset


def test_manifest_describes_the_files(manifest):
    assert manifest["format"] == "cineforge.dataset" and manifest["version"] == "1.0"
    assert [p["id"] for p in manifest["patients"]] == ["p000000", "p000001"]
    assert sorted(p["split"] for p in manifest["patients"]) == ["test", "train"]
    for entry in manifest["patients"]:
        content = (FOLDER / "dataset" / entry["file"]).read_bytes()
        assert len(content) == entry["bytes"]
        assert hashlib.sha256(content).hexdigest() == entry["sha256"]


def test_recipe_hash_is_that_of_canonical_json(manifest):
    text = json.dumps(manifest["recipe"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    # Numbers are written as they were read, which for these values is their shortest form.
    assert json.loads(text) == json.loads((FOLDER / "recipe.json").read_text())
    assert len(manifest["recipe_sha256"]) == 64


def test_recipes_fit_the_schema(manifest):
    schema = json.loads((FOLDER / "schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    recipes = sorted((ROOT / "datasets").glob("*.yml"))
    assert recipes
    for path in recipes:
        validator.validate(yaml.safe_load(path.read_text()))
    bad = yaml.safe_load(recipes[0].read_text()) | {"fames": 25}
    assert not validator.is_valid(bad)


# Patient files


def test_identity(patient, manifest):
    assert patient.attrs["format"] == "cineforge.patient"
    assert patient.attrs["format_version"] == "1.0"
    assert patient.attrs["seed"] == manifest["seed"] == 11
    assert patient.attrs["recipe_sha256"] == manifest["recipe_sha256"]
    assert json.loads(patient.attrs["provenance"])["synthetic"] is True
    parameters = json.loads(patient["patient"].attrs["parameters"])
    assert parameters["lv"]["edv_ml"] == 166 and parameters["rhythm"]["heart_rate_bpm"] == 65


def test_measures_and_curves_agree(patient):
    measures, curves = patient["truth/measures"].attrs, patient["truth/curves"]
    times = curves["time_ms"][()]
    assert times.shape == (5,) and times[0] == 0
    np.testing.assert_allclose(np.diff(times), 60_000 / measures["heart_rate_bpm"] / 5)
    assert measures["lv_ef"] == pytest.approx(1 - measures["lv_esv_ml"] / measures["lv_edv_ml"])
    assert curves["lv_ml"][0] == pytest.approx(measures["lv_edv_ml"], abs=0.5)
    assert measures["ed_frame"] == 0
    assert measures["es_frame"] == np.argmin(curves["lv_ml"])


def test_volume(patient):
    group = patient["truth/volume"]
    image, label, field = group["image"], group["label"], group["displacement"]
    assert image.dtype == np.float32 and label.dtype == np.uint8 and field.dtype == np.float16
    assert image.shape == label.shape == field.shape[:1] + field.shape[2:] and field.shape[1] == 3
    assert np.isfinite(image[()]).all() and image[()].min() >= 0
    assert set(np.unique(label)) <= LABELS
    affine = group.attrs["affine"]
    np.testing.assert_allclose(affine, np.diag([4, 4, 4, 1]) + np.pad(affine[:3, 3:], ((0, 1), (3, 0))))
    field = field[()].astype(float)
    assert np.abs(field[0]).max() < 0.05 and 2 < np.abs(field).max() < 40


def test_voxels_hold_what_the_curves_say(patient):
    labels = patient["truth/volume/label"][()]
    for name, value in [("lv_ml", 1), ("rv_ml", 3)]:
        voxels = (labels == value).sum(axis=(1, 2, 3)) * 0.064
        curve = patient[f"truth/curves/{name}"][()]
        # Voxels of 4 mm know a chamber's volume to about a tenth.
        np.testing.assert_allclose(voxels, curve, rtol=0.15, err_msg=name)


def test_displacement_carries_labels_along(patient):
    """The myocardium at end-diastole, moved by the field, is myocardium (or its neighbours) at end-systole."""
    group = patient["truth/volume"]
    es = int(patient["truth/measures"].attrs["es_frame"])
    affine = group.attrs["affine"]
    z, y, x = np.nonzero(group["label"][0] == 2)
    start = np.stack([x, y, z]).astype(float)
    shift = group["displacement"][es][:, z, y, x].astype(float)
    end = start + shift / np.diag(affine)[:3, None]
    ix, iy, iz = np.rint(end).astype(int)
    moved = group["label"][es][iz, iy, ix]
    assert (moved == 2).mean() > 0.7


@pytest.mark.parametrize("view", VIEWS)
def test_cine(patient, view):
    group = patient[f"cine/{view}"]
    image, label = group["image"][()], group["label"][()]
    slices = 6 if view == "sax" else 1
    assert image.shape == label.shape == (slices, 5, 68, 68)
    assert image.dtype == np.float32 and label.dtype == np.uint8
    assert np.isfinite(image).all() and image.min() >= 0 and set(np.unique(label)) <= LABELS
    assert (label == 2).any(), "every view shows the myocardium"
    planned, true, motion = group["planned_affine"][()], group["true_affine"][()], group["motion"][()]
    still = patient.attrs["id"] == "p000000"
    assert (motion == 0).all() if still else (np.abs(motion[:, :3]).max() > 0.1)
    center = group.attrs["motion_center"]
    for slice in range(slices):
        turn = rotation(motion[slice, 3:])
        move = np.eye(4)
        move[:3, :3] = turn
        move[:3, 3] = center - turn @ center + motion[slice, :3]
        np.testing.assert_allclose(np.linalg.inv(move) @ planned[slice], true[slice], atol=1e-5)


def test_slices_show_what_lies_at_their_true_pose(patient):
    """Labels of a slice are those of the volume at the slice's true affine."""
    volume, group = patient["truth/volume"], patient["cine/sax"]
    inverse = np.linalg.inv(volume.attrs["affine"])
    labels = volume["label"][0]
    agreement = []
    for slice in range(6):
        y, x = np.mgrid[0:68, 0:68]
        points = group["true_affine"][slice] @ np.stack([x.ravel(), y.ravel(), 0 * x.ravel(), 1 + 0 * x.ravel()])
        ix, iy, iz = np.rint((inverse @ points)[:3]).astype(int)
        inside = (0 <= ix) & (ix < labels.shape[2]) & (0 <= iy) & (iy < labels.shape[1]) & (0 <= iz) & (iz < labels.shape[0])
        found = group["label"][slice, 0].ravel()[inside]
        agreement.append((labels[iz[inside], iy[inside], ix[inside]] == found).mean())
    # Voxels of 4 mm against pixels of 4 mm at other places: the borders differ.
    assert np.mean(agreement) > 0.7


# NIfTI


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("kind", ["cine", "label"])
def test_nifti_cine(patient, view, kind):
    group = patient[f"cine/{view}"]
    data = group["image" if kind == "cine" else "label"][()]
    path = nifti(patient, f"{view}_{kind}")
    image = nibabel.load(path)
    # [S, T, Y, X] in the file, (x, y, slice, frame) in NIfTI.
    np.testing.assert_array_equal(np.asarray(image.dataobj), data.transpose(3, 2, 0, 1))
    np.testing.assert_allclose(image.affine, group["planned_affine"][0], atol=1e-4)
    assert image.header.get_xyzt_units() == ("mm", "sec")
    frame = np.diff(patient["truth/curves/time_ms"][()])[0] / 1000
    assert image.header.get_zooms()[3] == pytest.approx(frame, rel=1e-6)
    np.testing.assert_allclose(image.get_qform(), image.get_sform(), atol=1e-4)

    itk = SimpleITK.ReadImage(str(path))
    assert itk.GetSize() == image.shape
    first = np.diag([-1, -1, 1, 1.0]) @ group["planned_affine"][0]
    np.testing.assert_allclose(itk.GetOrigin()[:3], first[:3, 3], atol=1e-3)
    spacing = np.linalg.norm(first[:3, :3], axis=0)
    np.testing.assert_allclose(itk.GetSpacing()[:3], spacing, rtol=1e-5)
    direction = np.array(itk.GetDirection()).reshape(4, 4)[:3, :3]
    np.testing.assert_allclose(direction * spacing, first[:3, :3], atol=1e-3)
    sidecar = json.loads(Path(str(path).replace(".nii.gz", ".json")).read_text())
    assert sidecar["synthetic"] and sidecar["id"] == patient.attrs["id"]
    np.testing.assert_allclose(sidecar["slices"][0]["shift_mm"], group["motion"][0, :3], rtol=1e-6)


def test_nifti_volume(patient):
    group = patient["truth/volume"]
    for name in ["image", "label"]:
        image = nibabel.load(nifti(patient, f"volume_{name}"))
        np.testing.assert_array_equal(np.asarray(image.dataobj), group[name][()].transpose(3, 2, 1, 0))
        np.testing.assert_allclose(image.affine, group.attrs["affine"], atol=1e-4)


def test_nifti_displacement(patient):
    field = patient["truth/volume/displacement"][()].astype(np.float32)
    image = nibabel.load(nifti(patient, "volume_displacement"))
    assert image.header.get_intent()[0] in ("displacement vector", "vector", "Displacement vector")
    assert int(image.header["intent_code"]) == 1006
    # [T, 3, Z, Y, X] in the file, (x, y, z, frame, component) in NIfTI.
    np.testing.assert_array_equal(np.asarray(image.dataobj), field.transpose(4, 3, 2, 0, 1))
