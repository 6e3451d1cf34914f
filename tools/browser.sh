#!/bin/sh
# Looks for a Chromium if any test is marked for one; as root on a Debian-like system it installs one when there is none.
# Never fails: without a browser those tests skip and say so. BROWSER=no leaves the system as it is.
set -eu

cd "$(dirname "$0")/.."
grep -rqs --include='*.py' 'mark\.browser' tests || exit 0

say() { printf 'akika: %s\n' "$*"; }

for name in chromium chromium-browser google-chrome google-chrome-stable; do
    if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done

if [ "${BROWSER:-}" != no ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    say 'installing Chromium for the browser tests (BROWSER=no to leave it)'
    log=$(mktemp)
    export DEBIAN_FRONTEND=noninteractive
    polite='-o Acquire::Retries=1 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20'
    # shellcheck disable=SC2086  # the options are words
    if { apt-get $polite update -qq && apt-get $polite install -y -qq --no-install-recommends chromium; } >"$log" 2>&1 &&
        command -v chromium >/dev/null 2>&1; then
        rm -f "$log"
        exit 0
    fi
    tail -n 3 "$log" >&2
    rm -f "$log"
fi
say 'no Chromium on this machine: browser tests will be skipped'
