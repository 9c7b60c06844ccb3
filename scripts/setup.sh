# Makes the clone's own Python in .venv and puts the locked packages into it.
# run.sh and test.sh read this file; it does nothing by itself. Two settings change what it does:
#   PYTHON=python3.13   the Python to use; else the first one found that is new enough
#   WHEELS=folder       install from the packages in that folder, without a network
# shellcheck shell=sh

has() { command -v "$1" >/dev/null 2>&1; }
say() { for line; do printf '%s\n' "$line" >&2; done; }
fail() { say "" "$@" && exit 1; }

# A relative folder is meant from where the user stands, so it is read before we leave there.
if [ -n "${WHEELS:-}" ]; then
    [ -d "$WHEELS" ] || fail "There is no folder WHEELS=$WHEELS."
    WHEELS=$(cd "$WHEELS" && pwd)
fi
cd "$(dirname "$0")" || exit 1
unset PYTHONHOME PYTHONPATH PIP_TARGET PIP_PREFIX
export PIP_USER=0 PIP_DISABLE_PIP_VERSION_CHECK=1

# What only the system's own packages can bring: root gets it, others are told the one command.
apt_install() {
    command="apt-get install -y --no-install-recommends $*"
    if ! has apt-get; then
        fail "Please install with your system's package manager, then start again: $*"
    elif [ "$(id -u)" != 0 ]; then
        if has sudo; then command="sudo $command"; else command="su -c '$command'"; fi
        fail "Missing on this machine: $*" "This brings it; then start again:" "" "    $command"
    fi
    say "Getting $* from the system's packages …"
    said=$(apt-get update -qq 2>&1 && DEBIAN_FRONTEND=noninteractive $command -qq 2>&1) ||
        fail "$said" "" "This failed: $command" "Is there a network, and room on the disk?"
}

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

# Sets $python, and adds to $packages what it lacks to make a .venv.
choose_python() {
    for python in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if has "$python" && new_enough "$python"; then
            if [ -z "$(way_to_make_venv)" ]; then
                case $python in
                python3.*) packages="$packages $python-venv" ;;
                *) packages="$packages python3-venv" ;;
                esac
            fi
            return
        fi
    done
    python=${PYTHON:-python3}
    if has "$python"; then
        fail "Python 3.11 or newer is needed; $python is $("$python" --version 2>&1)." \
            "If there is a newer one, name it: PYTHON=/path/to/python3 sh $0"
    fi
    [ -z "${PYTHON:-}" ] || fail "There is no PYTHON=$PYTHON."
    packages="$packages python3 python3-venv"
}

# Debian takes Python's own venv apart; whatever is left of it serves us, the best first.
way_to_make_venv() {
    if "$python" -c 'import ensurepip' 2>/dev/null; then
        echo venv
    elif "$python" -m virtualenv --version >/dev/null 2>&1; then
        echo virtualenv
    elif "$python" -m pip --version >/dev/null 2>&1; then
        echo pip
    fi
}

make_venv() {
    new_enough "$python" || fail "Python 3.11 or newer is needed; this is $("$python" --version)."
    [ -w . ] || fail "This folder cannot be written to: $(pwd)"
    say "Making a Python of our own in .venv, from $("$python" --version) …"
    case $(way_to_make_venv) in
    venv) "$python" -m venv --clear .venv ;;
    virtualenv) "$python" -m virtualenv --quiet --clear .venv ;;
    *)
        pip="$python -m pip --python .venv/bin/python"
        "$python" -m venv --clear --without-pip .venv
        ;;
    esac || fail "Python could not make .venv; the reason is above. Is the disk full?"
}

need_room() {
    free=$(df -Pk "$1" | awk 'NR == 2 { print int($4 / 1024) }')
    [ "$free" -ge "$2" ] || fail "The disk is too full: $free MB are free in $1, $2 MB are needed."
}

explain() {
    grep -v '^WARNING' .venv/pip.errors >&2
    if grep -q 'No space left' .venv/pip.log; then
        fail "The disk is full. Make room and start again; what is there already is kept."
    elif grep -q 'DO NOT MATCH THE HASHES' .venv/pip.log; then
        fail "A package is not the one that was tested, so it was not installed." \
            "Your package mirror may alter packages, or the download was cut off: try again, or another one."
    elif [ -n "${WHEELS:-}" ]; then
        fail "The folder $WHEELS does not hold all packages. Fill it where there is a network," \
            "on the same system and with the same Python:" "" \
            "    python3 -m pip download -r requirements/$lock.txt -d wheels"
    elif grep -qE 'Retrying|Connection|resolution|timed out|from versions: none' .venv/pip.log; then
        sed -n 's/.*connection broken by/Why:/p' .venv/pip.errors | tail -1 >&2
        fail "The packages could not be fetched. Without a network, use a folder of packages" \
            "(WHEELS=folder sh $0); with a slow one, a mirror near you:" "" \
            "    .venv/bin/python -m pip config set global.index-url ADDRESS-OF-THE-MIRROR"
    fi
    fail "The packages could not be installed; the reason is above and in .venv/pip.log."
}

install_lock() {
    set -- --require-hashes --requirement "requirements/$lock.txt"
    if [ -n "${WHEELS:-}" ]; then set -- "$@" --no-index --find-links "$WHEELS"; fi
    # Of what tests bring along, most is never loaded: what is, is compiled then.
    [ "$lock" = run ] || set -- "$@" --no-compile
    # With a log of its own, pip shows how far it is even when told to be quiet.
    rm -f .venv/pip.log
    [ -t 1 ] || set -- "$@" --progress-bar off
    $pip install --quiet --log .venv/pip.log "$@" 2>.venv/pip.errors || explain
    # The product runs from its clone: this only makes the command .venv/bin/pointsbank.
    $pip install -qq --no-index --no-deps --no-build-isolation --editable . ||
        fail "The clone could not be installed; the reason is above."
}

# What an installation was made from. As long as this is the same, nothing is done again.
stamp() {
    pwd && .venv/bin/python --version && cat "requirements/$1.txt" setup.cfg pyproject.toml
}

is_set_up() { [ -x .venv/bin/python ] && stamp "$1" 2>/dev/null | cmp -s - ".venv/$1.stamp"; }

# set_up LOCK COMMAND…: the lock's packages and these commands are there, or we have said what to do.
set_up() {
    lock=$1 && shift
    packages=
    for tool; do
        has "$tool" || packages="$packages $tool"
    done
    pip=".venv/bin/python -m pip"
    is_set_up "$lock" || $pip --version >/dev/null 2>&1 || choose_python
    # shellcheck disable=SC2086  # several words on purpose, here and wherever $pip is called
    [ -z "$packages" ] || apt_install $packages
    if is_set_up "$lock"; then return; fi

    case $lock in
    run) installed=300 fetched=70 ;;
    test) installed=800 fetched=170 ;;
    esac
    # Where pip unpacks may be another disk than ours.
    need_room "$(pwd)" "$installed"
    need_room "${TMPDIR:-/tmp}" "$fetched"
    $pip --version >/dev/null 2>&1 || make_venv
    say "Installing what requirements/$lock.txt names ($fetched MB to fetch, once) …"
    install_lock
    stamp "$lock" >".venv/$lock.stamp"
    # The test lock holds all of the run lock.
    if [ "$lock" = test ]; then stamp run >.venv/run.stamp; fi
}
