"""Our metrics against scikit-image, SimpleITK, SciPy and DeepMind's surface-distance, on the same inputs.

Run: CINEFORGE_INTEROP_DIR=$(mktemp -d); export CINEFORGE_INTEROP_DIR
     swift test -c release -Xswiftc -enable-testing --filter MetricsInteropSamples
     python3 -m pytest Tests/Interop/test_metrics.py
"""

import json
import os

import numpy as np
import pytest
import SimpleITK as sitk
import surface_distance
from scipy import ndimage, stats
from skimage import metrics

# Both sides compute in double precision from the same numbers.
EXACT = 1e-9


def load(name):
    with open(os.path.join(os.environ["CINEFORGE_INTEROP_DIR"], f"metrics_{name}.json")) as file:
        return json.load(file)


def agree(found, expected, tolerance=EXACT):
    assert found == pytest.approx(expected, rel=tolerance, abs=tolerance)


# Images


@pytest.fixture(scope="module")
def images():
    sample = load("images")
    for name in ["image", "reference"]:
        # Single precision, as we were given them.
        sample[name] = np.float64(np.float32(sample[name])).reshape(sample["shape"])
    return sample


def test_errors(images):
    x, y, found = images["image"], images["reference"], images["results"]
    agree(found["mse"], metrics.mean_squared_error(y, x))
    agree(found["nrmse"], metrics.normalized_root_mse(y, x, normalization="euclidean"))
    agree(found["nmse"], found["nrmse"] ** 2)
    assert images["range"] == y.max()
    agree(found["psnr"], metrics.peak_signal_noise_ratio(y, x, data_range=y.max()))


@pytest.mark.parametrize(
    "name, options",
    [
        ("ssim_box", {}),
        ("ssim_gaussian", {"gaussian_weights": True, "use_sample_covariance": False}),
        ("ssim_other", {"win_size": 5, "use_sample_covariance": False, "K2": 0.05}),
    ],
)
def test_ssim(images, name, options):
    pairs = zip(images["reference"], images["image"])
    values = [metrics.structural_similarity(y, x, data_range=images["range"], **options) for y, x in pairs]
    agree(images["results"][name], np.mean(values))


def test_ssim_in_three_dimensions(images):
    value = metrics.structural_similarity(images["reference"], images["image"], data_range=images["range"])
    agree(images["results"]["ssim_3d"], value)


@pytest.mark.parametrize("name, dimensions", [("hfen", 2), ("hfen_3d", 3)])
def test_hfen(images, name, dimensions):
    # MATLAB's fspecial('log', 15, 1.5), and imfilter's zeros outside.
    squares = sum(axis**2 for axis in np.meshgrid(*[np.arange(-7.0, 8)] * dimensions, indexing="ij"))
    kernel = np.exp(-squares / 4.5)
    kernel *= (squares - dimensions * 2.25) / 1.5**4 / kernel.sum()
    kernel -= kernel.mean()
    kernel = kernel.reshape((1,) * (3 - dimensions) + kernel.shape)
    x, y = (ndimage.convolve(images[key], kernel, mode="constant") for key in ["image", "reference"])
    agree(images["results"][name], np.linalg.norm(x - y) / np.linalg.norm(y))


# Structures


@pytest.fixture(params=range(6))
def structure(request):
    sample = load("structures")[request.param]
    for name in ["prediction", "reference"]:
        sample[name] = np.array(sample[name], bool).reshape(sample["shape"])
    return sample


def itk(mask, spacing):
    image = sitk.GetImageFromArray(mask.astype(np.uint8))
    image.SetSpacing(spacing[::-1])
    return image


def contour(mask, spacing):
    """Boundary voxels; what is outside the image is outside the structure."""
    padded = sitk.ConstantPad(itk(mask, spacing), [1] * mask.ndim, [1] * mask.ndim, 0)
    return sitk.LabelContour(padded, fullyConnected=False)


def directed(a, b, spacing):
    """Distances between boundary voxels, by SciPy's erosion and distance transform."""
    surfaces = [mask & ~ndimage.binary_erosion(mask) for mask in (a, b)]
    return ndimage.distance_transform_edt(~surfaces[1], sampling=spacing)[surfaces[0]]


def expected_distances(a, b, spacing):
    to_b, to_a = directed(a, b, spacing), directed(b, a, spacing)
    both = np.concatenate([to_b, to_a])
    return {
        "hd": both.max(),
        "hd95": max(np.percentile(to_b, 95), np.percentile(to_a, 95)),
        "hd95_pooled": np.percentile(both, 95),
        "msd": (to_a.mean() + to_b.mean()) / 2,
        "assd": both.mean(),
        "surface_dice": (both <= 2).mean(),
    }


def test_overlap(structure):
    filter = sitk.LabelOverlapMeasuresImageFilter()
    filter.Execute(*(itk(structure[name], structure["spacingMM"]) for name in ["prediction", "reference"]))
    agree(structure["results"]["dice"], filter.GetDiceCoefficient())
    agree(structure["results"]["jaccard"], filter.GetJaccardCoefficient())


def test_hausdorff_as_itk(structure):
    filter = sitk.HausdorffDistanceImageFilter()
    filter.Execute(*(contour(structure[name], structure["spacingMM"]) for name in ["prediction", "reference"]))
    # ITK's distance map is in single precision.
    agree(structure["results"]["hd"], filter.GetHausdorffDistance(), 1e-6)


def test_distances_as_scipy(structure):
    a, b, spacing = structure["prediction"], structure["reference"], structure["spacingMM"]
    for name, value in expected_distances(a, b, spacing).items():
        agree(structure["results"][name], value)


def test_distances_of_slices(structure):
    slices = zip(structure["slices"], structure["prediction"], structure["reference"])
    for found, a, b in slices:
        assert (found is not None) == (a.any() and b.any())
        if found:
            for name, value in expected_distances(a, b, structure["spacingMM"][1:]).items():
                agree(found[name], value)


def test_distances_as_surface_distance(structure):
    a, b, spacing = structure["prediction"], structure["reference"], structure["spacingMM"]
    distances = surface_distance.compute_surface_distances(b, a, spacing)
    # Its surfaces run between voxels, ours through the outermost. The farthest points of these shapes are as far apart;
    # where each point counts by its area, a distance changes by half a diagonal at each end at most.
    diagonal = np.linalg.norm(spacing)
    found = structure["results"]
    agree(found["hd"], surface_distance.compute_robust_hausdorff(distances, 100))
    assert abs(surface_distance.compute_robust_hausdorff(distances, 95) - found["hd95"]) < diagonal
    mean = np.mean(surface_distance.compute_average_surface_distance(distances))
    assert abs(mean - found["msd"]) < diagonal / 2
    agree(found["dice"], surface_distance.compute_dice_coefficient(b, a))


# Statistics


@pytest.fixture(params=range(4))
def statistics(request):
    sample = load("statistics")[request.param]
    sample["a"], sample["b"] = np.array(sample["a"]), np.array(sample["b"])
    return sample


def test_wilcoxon(statistics):
    differences, found = statistics["a"] - statistics["b"], statistics["results"]
    kept = differences[differences != 0]
    ranks = stats.rankdata(np.abs(kept))
    agree(found["wilcoxon_rank_sum"], ranks[kept > 0].sum())
    normal = stats.wilcoxon(differences, method="asymptotic", correction=False)
    agree(found["wilcoxon_normal"], normal.pvalue)
    if len(set(ranks)) == len(differences):
        agree(found["wilcoxon_exact"], stats.wilcoxon(differences, method="exact").pvalue)
    elif len(kept) <= 13:
        # Its exact method takes no ties; permutations of all signs do.
        every = stats.PermutationMethod(n_resamples=2 ** len(kept))
        agree(found["wilcoxon_exact"], stats.wilcoxon(kept, method=every).pvalue)


def test_paired_t(statistics):
    test, found = stats.ttest_rel(statistics["a"], statistics["b"]), statistics["results"]
    agree(found["t"], test.statistic)
    agree(found["t_p"], test.pvalue)
    interval = test.confidence_interval(0.95)
    agree((found["t_lower"], found["t_upper"]), (interval.low, interval.high))


def test_correlation(statistics):
    found = statistics["results"]
    pearson = stats.pearsonr(statistics["a"], statistics["b"])
    agree((found["pearson"], found["pearson_p"]), (pearson.statistic, pearson.pvalue))
    agree((found["fisher_lower"], found["fisher_upper"]), tuple(pearson.confidence_interval(0.95)))
    spearman = stats.spearmanr(statistics["a"], statistics["b"])
    agree((found["spearman"], found["spearman_p"]), (spearman.statistic, spearman.pvalue))


def test_agreement(statistics):
    a, b, found = statistics["a"], statistics["b"], statistics["results"]
    d, n = a - b, len(a)
    sd, t = d.std(ddof=1), stats.t.ppf(0.975, n - 1)
    agree((found["bias"], found["loa_lower"], found["loa_upper"]), (d.mean(), d.mean() - 1.96 * sd, d.mean() + 1.96 * sd))
    agree(found["bias_upper"], d.mean() + t * sd / np.sqrt(n))
    agree(found["loa_upper_upper"], d.mean() + 1.96 * sd + t * sd * np.sqrt(3 / n))
    # ICC(2,1) from the sums of squares of the two-way table.
    table = np.stack([a, b], 1)
    total = ((table - table.mean()) ** 2).sum()
    rows, columns = 2 * ((table.mean(1) - table.mean()) ** 2).sum(), n * ((table.mean(0) - table.mean()) ** 2).sum()
    cases, rest = rows / (n - 1), (total - rows - columns) / (n - 1)
    agree(found["icc"], (cases - rest) / (cases + rest + 2 * (columns - rest) / n))


def test_holm(statistics):
    p = np.array(statistics["pValues"])
    order = np.argsort(p)
    adjusted = np.minimum(1, np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)))
    agree(np.array(statistics["holm"])[order], adjusted)


def test_bootstrap(statistics):
    d, found = statistics["a"] - statistics["b"], statistics["results"]
    distribution = np.array(statistics["bootstrap"])
    # The same resamples: then SciPy's intervals are ours.
    drawn = stats.bootstrap((d,), np.mean, n_resamples=10, vectorized=True)
    drawn.bootstrap_distribution = distribution
    for name, method, level in [("percentile", "percentile", 0.95), ("bca", "BCa", 0.9)]:
        again = stats.bootstrap((d,), np.mean, n_resamples=0, method=method, confidence_level=level, bootstrap_result=drawn)
        expected = again.confidence_interval
        agree((found[f"{name}_lower"], found[f"{name}_upper"]), (expected.low, expected.high))
    # Resamples of its own: ends within what 2000 and 20000 of them leave open, some 5 % of the width.
    own = stats.bootstrap((d,), np.mean, n_resamples=20000, method="BCa", confidence_level=0.9, random_state=1)
    low, high = own.confidence_interval
    agree((found["bca_lower"], found["bca_upper"]), (low, high), 0.1 * (high - low) / max(1, abs(low), abs(high)))


# Motion


def test_motion():
    sample = load("motion")
    shape, spacing, found = sample["shape"], sample["spacingMM"], sample["results"]
    u, v = (np.float64(np.float32(sample[name])).reshape([3, *shape]) for name in ["estimate", "reference"])
    mask = np.array(sample["mask"], bool).reshape(shape)
    error, truth = (u - v)[:, mask], v[:, mask]
    size = np.linalg.norm(error, axis=0)
    agree((found["epe"], found["epe_95"]), (size.mean(), np.percentile(size, 95)))
    agree(found["epe_plane"], np.linalg.norm(error[:2], axis=0).mean())
    agree(found["epe_through"], np.abs(error[2]).mean())
    motion = np.linalg.norm(truth, axis=0)
    agree(found["motion"], motion.mean())
    cosine = (u[:, mask] * truth).sum(0) / np.linalg.norm(u[:, mask], axis=0) / motion
    # The cosine loses half the digits of small angles.
    agree(found["angle"], np.degrees(np.arccos(cosine[motion >= 1])).mean(), 1e-7)
    # Columns of ITK's displacement are x, y, z; the patient's axes are the grid's here.
    field = sitk.GetImageFromArray(np.moveaxis(u, 0, -1), isVector=True)
    field.SetSpacing(spacing[::-1])
    determinant = sitk.GetArrayFromImage(sitk.DisplacementFieldJacobianDeterminant(field, True))
    inside = determinant[ndimage.binary_erosion(mask)]
    assert inside.size == found["jacobian_count"]
    # ITK's determinant is in single precision.
    agree((found["jacobian_mean"], found["jacobian_min"]), (inside.mean(), inside.min()), 1e-6)
    agree(found["jacobian_log_sd"], np.log(inside[inside > 0].astype(float)).std(ddof=1), 1e-5)
