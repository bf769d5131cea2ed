#!/bin/sh
# Every check that reads without running: all are run, mypy beside the others since it takes as
# long as they do together; the last line names those that failed.
set -u
bin=.venv/bin
echecs=$(mktemp)
trap 'rm -f "$echecs"' EXIT

# Shows what the check says once it is over, so that two at a time do not mix their lines.
verifier() {
  nom=$1
  shift
  dit=$("$@" 2>&1) || echo "$nom" >>"$echecs"
  printf '— %s\n%s' "$nom" "${dit:+$dit
}"
}

verifier "mypy" $bin/mypy --no-error-summary &
verifier "ruff check" $bin/ruff check --quiet .
verifier "ruff format" $bin/ruff format --quiet --check .
if [ -n "$(find templates -name '*.html' 2>/dev/null | head -n 1)" ]; then
  verifier "djlint --check" $bin/djlint --check templates
  verifier "djlint --lint" $bin/djlint --quiet --lint templates
fi
verifier "lint-imports" $bin/lint-imports --no-cache
# The check needs no database; Django only regrets that it cannot compare with one.
verifier "makemigrations --check" \
  $bin/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
cle=$($bin/python -c 'import secrets; print(secrets.token_urlsafe(64))')
verifier "check --deploy" env DJANGO_SETTINGS_MODULE=portal.settings.prod SECRET_KEY="$cle" \
  ALLOWED_HOSTS=portail.invalid $bin/python manage.py check --deploy --fail-level WARNING
wait

if [ -s "$echecs" ]; then
  echo "Échecs : $(paste -sd ';' "$echecs")" >&2
  exit 1
fi
echo "Tout est en ordre."
