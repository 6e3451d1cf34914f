#!/bin/sh
# Runs the report of the newest demo once more, into a folder of its own beside the first.
set -eu

cd "$(dirname "$0")/.."
newest=
for plan in demo/*/restore.plan; do
    if [ -f "$plan" ]; then newest=$(dirname "$plan"); fi # folders are named by time, so the last is the newest
done
if [ -z "$newest" ]; then
    echo 'akika: there is no demo yet: run "make demo" first.' >&2
    exit 1
fi
set -- --vault "$newest/vault"
if [ -f "$newest/passphrase.txt" ]; then set -- "$@" --passphrase-file "$newest/passphrase.txt"; fi
exec .venv/bin/akika "$@" report run restore_verification --out "$newest/report-$(date +%H%M%S)" \
    -p company=demo -p before=s1 -p after=s2 -p final=latest -p plan="$(pwd)/$newest/restore.plan"
