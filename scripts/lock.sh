#!/bin/sh
# Writes requirements/run.txt and requirements/test.txt from setup.cfg: every package with its
# hashes, one lock for every Python from 3.11 on. What is locked stays, unless you say
# `sh scripts/lock.sh --upgrade`.
set -eu
cd "$(dirname "$0")/.."

if command -v uv >/dev/null 2>&1; then
    uv=uv
else
    tools=$(mktemp -d)
    trap 'rm -rf "$tools"' EXIT
    python3 -m venv "$tools"
    "$tools/bin/pip" install --quiet uv
    uv=$tools/bin/uv
fi

lock() {
    file=$1 && shift
    # Our own package is built with setuptools: locked too, so that nothing is fetched unpinned.
    echo 'setuptools >= 77' | "$uv" pip compile --quiet --universal --python-version 3.11 \
        --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links \
        "$@" --output-file "$file" setup.cfg -
    { echo '# Written from setup.cfg by `make lock`.' && cat "$file"; } >"$file.new"
    mv "$file.new" "$file"
}

# The run lock takes its versions from the test lock: what runs is what was tested.
lock requirements/test.txt --extra test "$@"
lock requirements/run.txt --constraint requirements/test.txt "$@"
