#!/bin/sh
# Write requirements/NAME.txt from NAME.in: every platform, every hash, no address.
set -eu
nom=$1
options=${2:+--upgrade}
cd requirements
# shellcheck disable=SC2086
../.venv/bin/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
  --no-annotate --no-header $options "$nom.in" -o "$nom.txt"
{ echo "# Written by \`make verrous\` from $nom.in: do not edit."; cat "$nom.txt"; } >"$nom.tmp"
mv "$nom.tmp" "$nom.txt"
