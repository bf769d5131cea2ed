# One image for the web server, the worker and beat: each runs its own line of the Procfile.
FROM python:3.13-slim

# Pango and fonts: what WeasyPrint sets the documents with.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 \
        libharfbuzz-subset0 fonts-liberation fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 portail
WORKDIR /app

COPY requirements/outils.txt requirements/production.txt requirements/
RUN pip install --no-cache-dir --require-hashes -r requirements/outils.txt \
    && uv pip sync --system --no-cache --require-hashes requirements/production.txt

COPY . .
ENV DJANGO_SETTINGS_MODULE=portal.settings.prod \
    PYTHONUNBUFFERED=1 \
    ADRESSE=0.0.0.0 \
    PORT=8000 \
    PORTAIL_DONNEES=/donnees
# The keys are needed to start, not to collect files.
RUN SECRET_KEY=build ALLOWED_HOSTS=build python manage.py collectstatic --noinput \
    && install -d -o portail /donnees

USER portail
EXPOSE 8000
CMD ["honcho", "start", "web"]
