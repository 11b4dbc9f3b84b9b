#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# install.sh <folder of the package> <work folder> <python> <libgunyah-ffi.so>
#
# Install the package with pip into an environment of its own, without a network, and use it and its plugin from there.
set -eu
package=$1 work=$2 python=$3 library=$4

rm -rf "$work"
mkdir -p "$work"
cp -R "$package/gunyah" "$package/pyproject.toml" "$package/README.md" "$work"
"$python" -m venv --without-pip --system-site-packages "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-index --no-deps "$work"

cd "$work/venv" # where there is no other package of this name
export GUNYAH_FFI_LIBRARY="$library"
unset PYTHONPATH
printf 'def test_it(gunyah_pair):\n    assert gunyah_pair.sender.bell.send(1) == 0\n' >test_it.py
bin/python -m pytest -q -p no:cacheprovider test_it.py
bin/python - <<'END'
import importlib.metadata
import pathlib

import gunyah

assert "site-packages" in gunyah.__file__, gunyah.__file__
assert (pathlib.Path(gunyah.__file__).parent / "py.typed").exists()
version = importlib.metadata.version("gunyah")
assert version == gunyah.__version__, (version, gunyah.__version__)
print("gunyah", version, "in", gunyah.__file__)
END
