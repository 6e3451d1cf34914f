#!/bin/sh
# Makes .venv of this checkout fit to run the project.
#
#     tools/bootstrap.sh [EXTRAS]        EXTRAS as in pyproject.toml: dev,workbench
#
# Finds a Python, makes .venv, installs the project into it, editable and with the pins of constraints.txt.
# Does nothing when all that is done already. AKIKA_PYTHON names the Python to use, if another is wanted.
# Where packages come from is the business of this machine's pip configuration.
set -eu

cd "$(dirname "$0")/.."
here=$(pwd)
extras=${1:-}
stamp=.venv/.installed
log=.venv/install.log
unset PYTHONHOME PYTHONPATH

say() { printf 'akika: %s\n' "$*"; }

# A pyenv shim exists on PATH and fails when run; Debian ships Pythons without venv. So each candidate is tried.
fits() {
    "$1" -c '
import sys
import ensurepip, sqlite3, ssl, venv
sys.exit(not (sys.version_info >= (3, 12) and sys.implementation.name == "cpython"))
' >/dev/null 2>&1 </dev/null
}

on_path() {
    # The pins were made on 3.12 and tried on 3.13, so these come first.
    for name in python3.12 python3.13 python3.14 python3 python; do
        found=$(command -v "$name" 2>/dev/null) || continue
        if fits "$found"; then printf '%s\n' "$found"; return 0; fi
    done
    return 1
}

in_folder() {
    # $1 holds a folder for each Python; 3.12 and 3.13 come first here too.
    for found in "$1"/*3.12*/bin/python "$1"/*3.13*/bin/python "$1"/*3.14*/bin/python "$1"/*/bin/python; do
        if [ -x "$found" ] && fits "$found"; then printf '%s\n' "$found"; return 0; fi
    done
    return 1
}

in_pyenv() {
    for root in "${PYENV_ROOT:-}" "${HOME:-}/.pyenv"; do
        if [ -d "$root/versions" ] && in_folder "$root/versions"; then return 0; fi
    done
    return 1
}

with_uv() {
    for uv in "$(command -v uv 2>/dev/null || true)" "${HOME:-}/.local/bin/uv" "${HOME:-}/.cargo/bin/uv"; do
        [ -x "$uv" ] || continue
        # `uv python find` gives up at the first broken Python on PATH, so its folder is looked into.
        folder=$("$uv" python dir 2>/dev/null) || continue
        if in_folder "$folder"; then return 0; fi
        say 'no Python 3.12 or newer here: asking uv for one' >&2
        if "$uv" python install 3.12 >/dev/null 2>&1 && in_folder "$folder"; then return 0; fi
        say 'uv could not get one' >&2
        return 1
    done
    return 1
}

find_python() {
    if [ -n "${AKIKA_PYTHON:-}" ]; then
        if fits "$AKIKA_PYTHON"; then printf '%s\n' "$AKIKA_PYTHON"; return 0; fi
        say "AKIKA_PYTHON is $AKIKA_PYTHON, which is not a complete CPython 3.12 or newer." >&2
        return 1
    fi
    if on_path || in_pyenv || with_uv; then return 0; fi
    say 'Python 3.12 or newer is needed and none was found on PATH, in pyenv or through uv.' >&2
    say 'Install one (python.org, "pyenv install 3.12" or "uv python install 3.12") and run this again.' >&2
    return 1
}

# A checkout that was moved has a .venv that points elsewhere: the path is part of what was installed.
wanted=$(printf '%s\n' "$here" && cksum pyproject.toml constraints.txt)

identity() { "$1" -c 'import sys; print(sys.version, sys.base_prefix)' 2>&1; }

venv_fits() {
    [ -x .venv/bin/python ] && fits .venv/bin/python || return 1
    [ -z "${AKIKA_PYTHON:-}" ] || [ "$(identity "$AKIKA_PYTHON")" = "$(identity .venv/bin/python)" ]
}

up_to_date() {
    [ -f "$stamp" ] && [ "$(sed 1d "$stamp")" = "$wanted" ] || return 1
    installed=,$(sed -n 1p "$stamp"),
    for extra in $(printf '%s' "$extras" | tr , ' '); do
        case $installed in *,"$extra",*) ;; *) return 1 ;; esac
    done
    venv_fits
}

fail_with_log() {
    say "$1 The end of $log:" >&2
    tail -n 25 "$log" >&2
    exit 1
}

if up_to_date; then exit 0; fi

if ! { venv_fits && [ "$(sed -n 2p "$stamp" 2>/dev/null || echo "$here")" = "$here" ]; }; then
    python=$(find_python) || exit 1
    say "$("$python" --version 2>&1) at $python"
    say 'making .venv'
    words=$("$python" -m venv --clear .venv 2>&1) || {
        say "Python could not make a virtual environment. It said: $words" >&2
        exit 1
    }
fi

rm -f "$stamp"
what=".${extras:+[$extras]}"
say "installing into .venv: the project${extras:+ with $extras} (once; a minute or two)"
.venv/bin/python -m pip install --progress-bar off --constraint constraints.txt --editable "$what" >"$log" 2>&1 </dev/null ||
    fail_with_log 'The installation did not succeed.'
{
    printf '%s\n' "$extras"
    printf '%s\n' "$wanted"
} >"$stamp"
say 'installed'
