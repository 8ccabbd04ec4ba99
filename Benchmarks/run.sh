#!/bin/bash
# Compares our speed with TorchIO's RandomMotion, FINUFFT and PyTorch on this machine, in one run.
#
#   Benchmarks/run.sh [folder of the built programs]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/.." && pwd)
build=$(realpath "${1:-$root/.build/release}")
venv="$root/.venv-bench"
# The system's own Python, for which Debian packages torch.
python=/usr/bin/python3
if ! "$python" -c 'import torch, scipy' 2>/dev/null; then
    echo "the peer needs torch: apt-get install python3-torch python3-scipy" >&2
    exit 1
fi
if ! cmp -s "$here/requirements.txt" "$venv/requirements.txt"; then
    rm -rf "$venv"
    "$python" -m venv --system-site-packages "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$here/requirements.txt"
    cp "$here/requirements.txt" "$venv/requirements.txt"
fi
cd "$root"
"$venv/bin/python" "$here/benchmark.py" "$build"
"$venv/bin/python" "$here/nufft.py" "$build"
"$venv/bin/python" "$here/kspace.py" "$build"
exec "$venv/bin/python" "$here/learning.py" "$build"
