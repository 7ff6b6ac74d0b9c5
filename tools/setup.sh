#!/bin/sh
# Makes the virtual environment from a lock file and builds the page assets. Usage: setup.sh PYTHON VENV LOCK
set -eu
python=$1 venv=$2 lock=$3

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "Liji needs Python 3.11 or newer; $python is $("$python" --version 2>&1). Try: make PYTHON=python3.12 ..." >&2
  exit 1
}
if [ ! -x "$venv/bin/pip" ]; then
  if ! "$python" -m venv "$venv" 2>/dev/null; then
    # Debian keeps venv in a package of its own.
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
      apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null
      rm -rf "$venv" && "$python" -m venv "$venv"
    else
      echo "Python's venv module is missing. On Debian: sudo apt-get install python3-venv" >&2
      exit 1
    fi
  fi
fi
echo "Installing what Liji needs (the first time takes a few minutes) ..."
"$venv/bin/pip" install -q --disable-pip-version-check --no-deps --require-hashes -r "$lock"
"$venv/bin/pip" install -q --disable-pip-version-check --no-deps --no-build-isolation -e . 2>/dev/null ||
  "$venv/bin/pip" install -q --disable-pip-version-check --no-deps -e .
if ! command -v npm >/dev/null; then
  # No Node on this machine: one from a wheel builds the page assets.
  "$venv/bin/pip" install -q --disable-pip-version-check --no-deps --require-hashes -r requirements-node.lock
fi
"$venv/bin/python" -m liji.web.assets
"$venv/bin/python" -m liji.web.messages
