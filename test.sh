#!/bin/sh
# Sets up what is missing and tries everything that was promised.
#   sh test.sh            before every merge: linters, types, all tests but the nightly ones
#   sh test.sh nightly    the long ones: races by the thousand, kills, random days
#   sh test.sh PATH…      what you name, with any of pytest's own options
# TEST_DATABASE_URL=postgresql://… uses that server; otherwise the tests start one of their own.
set -eu
. "$(dirname "$0")/scripts/setup.sh"

needed="chromium hledger"
# Most pages are looked at without a window; elsewhere than on Debian the whole browser does it.
if has apt-get; then needed="$needed chromium-headless-shell"; fi
# The program that steers the browser wants a library that a bare Debian has not.
if [ -x /sbin/ldconfig ] && ! /sbin/ldconfig -p | grep -q 'libatomic\.so\.1'; then
    needed="$needed libatomic1"
fi
# shellcheck disable=SC2086  # several words on purpose
set_up test $needed

# hledger stumbles over Chinese in any other.
export LC_ALL=C.UTF-8
# What was compiled once, is not compiled again by every process that a test starts.
unset PYTHONDONTWRITEBYTECODE
bin=.venv/bin
case ${1:-} in
"")
    "$bin/ruff" check .
    "$bin/ruff" format --check .
    # Types take one core; meanwhile the other compiles all tests, once for every process of the run.
    "$bin/python" -m pytest --collect-only -qq >/dev/null 2>&1 &
    "$bin/mypy"
    wait
    # Three for two cores: a third of the time they wait for a browser, a disk or another process.
    exec "$bin/python" -m pytest -n 3 --dist worksteal -m "not nightly"
    ;;
nightly)
    shift
    exec "$bin/python" -m pytest -m nightly "$@"
    ;;
*)
    exec "$bin/python" -m pytest "$@"
    ;;
esac
