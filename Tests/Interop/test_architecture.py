"""The targets' imports are those that docs/architecture.md lists: nothing points back."""

import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def documented() -> dict[str, set[str]]:
    """Targets that each target may import, from the table of targets."""
    table = (ROOT / "docs/architecture.md").read_text().split("## Targets")[1].split("\n## ")[0]
    rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in re.findall(r"^\|.*\|$", table, re.M)]
    allowed: dict[str, set[str]] = {}
    for names, _, imports in rows[2:]:
        above = set(allowed)
        for name in re.findall(r"`(\w+)`", names):
            if imports in ("all above", "what they time"):
                allowed[name] = above
            else:
                allowed[name] = {part for part in re.split(r",\s*", imports) if part}
    return allowed


def manifest() -> dict[str, set[str]]:
    """Targets of this package that each target depends on."""
    text = subprocess.run(
        ["swift", "package", "dump-package"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    return {
        target["name"]: {entry["byName"][0] for entry in target["dependencies"] if "byName" in entry}
        for target in json.loads(text)["targets"]
        if target["type"] != "test"
    }


@pytest.fixture(scope="module")
def edges() -> dict[str, set[str]]:
    return manifest()


def test_every_edge_is_documented(edges):
    allowed = documented()
    assert set(edges) == set(allowed)
    for target, imports in edges.items():
        assert imports <= allowed[target], f"{target} imports {imports - allowed[target]}: see docs/architecture.md"


def test_only_storage_touches_file_formats(edges):
    for library in ("CHDF5", "CPNG", "CZlib", "CCrypto"):
        assert {target for target, imports in edges.items() if library in imports} == {"Storage"}


def test_sources_import_what_the_manifest_says(edges):
    for target, imports in edges.items():
        for file in (ROOT / "Sources" / target).rglob("*.swift"):
            found = set(re.findall(r"^(?:@testable )?import (?:struct |func )?(\w+)", file.read_text(), re.M))
            assert found & set(edges) <= imports, f"{file}: {found & set(edges) - imports}"
