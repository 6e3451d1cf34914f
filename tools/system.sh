#!/bin/sh
# Looks for what pip cannot install; as root on a Debian-like system it installs what is missing.
#
#     tools/system.sh [paper] [browser] [node]
#
# paper: Pango and a font, with which reports become PDF. browser: Chromium, for the browser tests and pictures.
# node: Node and npm, with which the browser modules are rebuilt and compared.
# Never fails: without them reports are HTML alone, browser tests skip, and both say so. SYSTEM=no leaves the machine as it is.
set -eu

cd "$(dirname "$0")/.."
say() { printf 'akika: %s\n' "$*"; }

has_browser() {
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        if command -v "$name" >/dev/null 2>&1; then return 0; fi
    done
    return 1
}

# Asked of the linker's own list, or of Python where there is none (macOS, musl).
has_paper() {
    .venv/bin/python -c '
import ctypes.util, sys
sys.exit(not all(ctypes.util.find_library(name) for name in ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset")))
' >/dev/null 2>&1
}

has_node() {
    command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1
}

wanted=
for what in "$@"; do
    case $what in
    paper) has_paper || wanted="$wanted libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core fonts-liberation" ;;
    browser) has_browser || wanted="$wanted chromium" ;;
    node) has_node || wanted="$wanted nodejs npm" ;;
    esac
done
[ -n "$wanted" ] || exit 0

if [ "${SYSTEM:-}" != no ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    say "installing with apt:$wanted (SYSTEM=no to leave the machine as it is)"
    log=$(mktemp)
    export DEBIAN_FRONTEND=noninteractive
    polite='-o Acquire::Retries=1 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20'
    # shellcheck disable=SC2086  # the options and the packages are words
    if { apt-get $polite update -qq && apt-get $polite install -y -qq --no-install-recommends $wanted; } >"$log" 2>&1; then
        rm -f "$log"
        exit 0
    fi
    tail -n 3 "$log" >&2
    rm -f "$log"
fi
case " $* " in *" browser "*) has_browser || say 'no Chromium on this machine: browser tests will be skipped' ;; esac
case " $* " in *" node "*) has_node || say 'no Node on this machine: the browser modules are not rebuilt and compared' ;; esac
case " $* " in *" paper "*) has_paper || say 'no Pango on this machine: reports will be made without PDF' ;; esac
exit 0
