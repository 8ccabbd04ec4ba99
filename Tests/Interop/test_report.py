"""The report of a benchmark as other tools see it: Python's csv, json and XML, and a browser without a window.

`check_report` takes any report.html, such as that of the demo:
    python3 Tests/Interop/test_report.py out/demo/report.html
"""

import base64
import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

XHTML = "{http://www.w3.org/1999/xhtml}"
SVG = "{http://www.w3.org/2000/svg}"
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_browser = pytest.mark.skipif(BROWSER is None, reason="no Chromium here")


def tree(path: Path) -> ElementTree.Element:
    """The page, which is well-formed XML, too."""
    return ElementTree.fromstring(path.read_text())


def browse(path: Path, *options: str) -> subprocess.CompletedProcess:
    """Opens the page in a browser without a window, and with a profile of its own."""
    with tempfile.TemporaryDirectory() as profile:
        return subprocess.run(
            [
                BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                "--enable-logging=stderr", "--v=0", f"--user-data-dir={profile}", *options, path.resolve().as_uri(),
            ],
            check=True, capture_output=True, text=True, timeout=120,
        )  # fmt: skip


def check_report(path: Path) -> None:
    """The page needs nothing beside itself, and the browser draws all of it without a complaint."""
    page = tree(path)
    plots = [plot for plot in page.iter(f"{SVG}svg") if plot.get("role") == "img"]
    assert plots and all(plot.get("aria-label") for plot in plots)
    assert page.get("lang") == "en" and page.findtext(f"{XHTML}head/{XHTML}title")
    for cell in page.iter(f"{XHTML}th"):
        assert cell.get("scope") in ("col", "row", "rowgroup")
    for picture in page.iter(f"{XHTML}img"):
        assert picture.get("alt") and picture.get("src").startswith("data:image/png;base64,")
        Image.open(io.BytesIO(base64.b64decode(picture.get("src").split(",")[1]))).load()
    for element in page.iter():
        assert element.tag not in (f"{XHTML}script", f"{XHTML}link")
        assert element.get("href", "#").startswith("#")
    if BROWSER is None:
        return
    result = browse(path, "--dump-dom")
    complaints = [line for line in result.stderr.splitlines() if "CONSOLE" in line]
    assert not complaints, complaints
    assert len(re.findall(r"<svg[^>]* role=\"img\"", result.stdout)) == len(plots)
    assert result.stdout.count("<table") == len(list(page.iter(f"{XHTML}table")))


# A report of made-up results, from the tests of the package.


@pytest.fixture(scope="module")
def folder() -> Path:
    return Path(os.environ["CINEFORGE_INTEROP_DIR"]) / "report"


def test_page(folder):
    check_report(folder / "report.html")


def test_page_of_the_program(tmp_path):
    """A benchmark from recipe to report, of methods that need no training."""
    (tmp_path / "scans.yml").write_text(
        "version: 1\nname: scans\nframes: 3\nsplit: {train: 0.5, test: 0.5}\n"
        "patients: [{cohort: healthy-women, count: 2}, {cohort: dcm, count: 2}]\n"
        "cine: {images: false, pixel_mm: 5, field_of_view_mm: 320}\n"
        "kspace: {slices: 1, fidelity: frame, coils: {channels: 2}}\npreviews: false\n"
    )
    (tmp_path / "small.yml").write_text(
        f"version: 1\nname: small\nreconstruction:\n  data: {tmp_path / 'scans.yml'}\n  accelerations: [2, 4]\n"
        "  centre_lines: 4\n  methods: [{kind: zero-filled}, {kind: kt-focuss}]\n  order: [zero-filled, kt-focuss]\n"
    )
    out = tmp_path / "bench"
    subprocess.run(
        [os.environ["CINEFORGE_PROGRAM"], "benchmark", tmp_path / "small.yml", "--out", out], check=True, timeout=300
    )
    check_report(out / "report.html")
    assert {row["method"] for row in csv.DictReader(open(out / "results.csv"))} == {"zero-filled", "kt-focuss"}


def test_page_of_few_patients(folder):
    check_report(folder.with_name("report-few") / "report.html")


@needs_browser
@pytest.mark.parametrize("width", [400, 1200])
def test_nothing_hangs_out_of_the_window(folder, tmp_path, width):
    """A picture of the page whose edges are the ground's colour; wide tables scroll within themselves."""
    picture = tmp_path / "page.png"
    # A window is at least 500 wide: narrower pages are shown in a frame.
    frame = tmp_path / "frame.html"
    page = (folder / "report.html").resolve().as_uri()
    frame.write_text(f'<body style="margin:0"><iframe src="{page}" style="border:0;width:{width}px;height:2000px">')
    browse(frame, f"--window-size={max(width, 500)},2000", f"--screenshot={picture}")
    image = Image.open(picture).convert("RGB").crop((0, 0, width, 2000))
    for x in (2, width - 3):
        colors = image.crop((x, 0, x + 1, 2000)).getcolors()
        assert len(colors) == 1, f"something reaches the edge at {x}"
    assert len(image.getcolors(1 << 24)) > 100


def test_tables(folder):
    document = json.loads((folder / "results.json").read_text())
    assert document["format"] == "cineforge.benchmark"
    with open(folder / "results.csv", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    scores = document["results"]["scores"]
    assert len(rows) == len(scores)
    for row, score in zip(rows, scores, strict=True):
        for name in ("task", "condition", "method", "patient", "group", "part", "metric"):
            assert row[name] == score[name]
        for name in ("value", "truth", "predicted"):
            assert (float(row[name]) if row[name] else None) == score.get(name)
        assert row["failed"] == str(int("value" not in score))


def test_statistics_again(folder):
    """Means and deviations over patients, and p-values, from the scores alone."""
    stats = pytest.importorskip("scipy.stats")
    numpy = pytest.importorskip("numpy")
    document = json.loads((folder / "results.json").read_text())
    by_key: dict[tuple, dict[str, list]] = {}
    for score in document["results"]["scores"]:
        key = tuple(score[name] for name in ("task", "condition", "method", "metric"))
        by_key.setdefault(key, {}).setdefault(score["patient"], []).append(score.get("value"))
    for cell in document["summaries"]:
        patients = by_key[tuple(cell[name] for name in ("task", "condition", "method", "metric"))]
        values = [numpy.mean([v for v in found if v is not None]) for found in patients.values() if any(found)]
        # Both sides add a dozen numbers in double precision.
        assert cell["mean"] == pytest.approx(numpy.mean(values), rel=1e-12)
        assert cell["standard_deviation"] == pytest.approx(numpy.std(values, ddof=1), rel=1e-9)
        assert cell["failures"] == sum(v is None for found in patients.values() for v in found)
        assert cell["interval"][0] <= cell["mean"] <= cell["interval"][1]
    steps = 0
    for order in document["orderings"]:
        expected = order["expected"]
        for step in order["successive"] + order["against_best"]:
            pair = [
                by_key[(expected["task"], expected["condition"], step[side], expected["metric"])]
                for side in ("better", "worse")
            ]
            sign = -1 if expected["metric"] == "HD95" else 1
            # A method that failed loses, by more than any score.
            values = [[-1e9 if None in p[name] else sign * numpy.mean(p[name]) for name in pair[0]] for p in pair]
            found = stats.wilcoxon(*values, method="exact").pvalue
            assert step["p_value"] == pytest.approx(found, rel=1e-9)
            steps += 1
    assert steps == 4 + 3 + 3 + 3


if __name__ == "__main__":
    check_report(Path(sys.argv[1]))
    print("the report holds")
