#!/bin/sh
# Lighthouse's mobile scores of a demonstration that runs (`make demo`); optional: needs npm, node
# 18.16 or newer, Chromium, and the network the first time. 1 if a score is under 95.
set -eu
version=12.8.2
dossier=${TMPDIR:-/tmp}/portail-lighthouse-$version
adresse=http://localhost:${PORT:-8000}
CHROME_PATH=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
export CHROME_PATH

if [ ! -d "$dossier/node_modules/lighthouse" ]; then
  echo "Installation de Lighthouse $version dans $dossier…"
  mkdir -p "$dossier"
  npm install --silent --no-save --no-audit --no-fund --ignore-scripts --prefix "$dossier" \
    "lighthouse@$version"
fi
mot_de_passe=$(.venv/bin/python - <<'PYTHON'
import re
from pathlib import Path
source = Path("dossiers/depot/demonstration.py").read_text(encoding="utf-8")
print(re.search(r'^MOT_DE_PASSE = "(.+)"$', source, re.M)[1])
PYTHON
)
exec node outils/lighthouse.mjs "$dossier" "$adresse" "$mot_de_passe"
