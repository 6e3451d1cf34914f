#!/bin/sh
# Installs other people's clients, with which tests drive the local company, where Node is.
#
#     tools/clients.sh
#
# Never fails: without Node, or where the packages cannot be had, their tests skip and this says so.
# Where packages come from is the business of this machine's npm configuration.
set -eu

cd "$(dirname "$0")/../tests/twin/clients"
say() { printf 'akika: %s\n' "$*"; }

stamp=node_modules/.installed
wanted=$(cksum package-lock.json)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then exit 0; fi
if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
    say 'no Node on this machine: the tests with node-quickbooks will be skipped'
    exit 0
fi
say 'installing node-quickbooks for the tests (once)'
log=$(mktemp)
if npm ci --silent --no-audit --no-fund --ignore-scripts >"$log" 2>&1 </dev/null; then
    printf '%s\n' "$wanted" >"$stamp"
else
    tail -n 3 "$log" >&2
    rm -rf node_modules
    say 'node-quickbooks could not be installed: its tests will be skipped'
fi
rm -f "$log"
exit 0
