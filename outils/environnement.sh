#!/bin/sh
# Create .venv and bring it to the state of the locks. Called by make; PYTHON names the Python.
set -eu

if [ -z "${PYTHON:-}" ]; then
  echo "Il faut Python 3.11 ou plus récent. Installez-le, ou indiquez-le : make PYTHON=/chemin/de/python3" >&2
  exit 1
fi
if ! "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "$PYTHON est trop ancien ou introuvable : il faut Python 3.11 ou plus récent." >&2
  exit 1
fi

if ! "$PYTHON" -c 'import venv, ensurepip' 2>/dev/null; then
  paquet=$("$PYTHON" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installation de $paquet…"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$paquet" >/dev/null
  else
    echo "Ce Python n'a pas le module venv. Installez-le : sudo apt-get install $paquet" >&2
    exit 1
  fi
fi

# An environment made by another Python, moved, or left half made is made again.
if ! .venv/bin/python -c 'import pip' 2>/dev/null \
  || [ "$(.venv/bin/python -c 'import sys; print(sys.prefix)')" != "$(pwd -P)/.venv" ]; then
  echo "Création de l'environnement .venv…"
  rm -rf .venv
  "$PYTHON" -m venv .venv
fi

if ! .venv/bin/uv --version 2>/dev/null | grep -qF "$(sed -n 's/^uv==\([^ ]*\).*/uv \1/p' requirements/outils.txt)"; then
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
    -r requirements/outils.txt
fi

echo "Installation des paquets verrouillés…"
paquets() {
  VIRTUAL_ENV="$(pwd -P)/.venv" .venv/bin/uv pip sync --quiet --compile-bytecode --require-hashes \
    "$@" requirements/developpement.txt
}
# Behind a proxy that inspects traffic, only the certificates of the system will do.
paquets 2>/dev/null || paquets --system-certs

# The PDF documents need Pango and a font, which come from the system. Without them everything
# else works, and the documents wait: said, never fatal.
SYSTEME="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-liberation fonts-dejavu-core"
if ! manquent=$(.venv/bin/python outils/bibliotheques.py); then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installation de Pango et d'une police, pour les documents PDF…"
    # shellcheck disable=SC2086 # a list of packages
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -qq --no-install-recommends $SYSTEME >/dev/null; } || true
    manquent=$(.venv/bin/python outils/bibliotheques.py) || true
  fi
  if [ -n "$manquent" ]; then
    cat >&2 <<FIN
Il manque, pour produire les documents PDF : $manquent.
Le portail fonctionne sans ; les documents attendront. Pour les produire, installez :
  Debian, Ubuntu : sudo apt-get install $SYSTEME
  Fedora         : sudo dnf install pango harfbuzz liberation-sans-fonts dejavu-sans-fonts
  macOS          : brew install pango
FIN
  fi
fi
