#!/bin/sh
# Shows the whole idea working: sets up what is missing, then serves a demonstration at
# http://localhost:8000 until Ctrl-C.      sh run.sh [--host HOST] [--port PORT]
set -eu
. "$(dirname "$0")/scripts/setup.sh"

set_up run
exec .venv/bin/python -m pointsbank demo "$@"
