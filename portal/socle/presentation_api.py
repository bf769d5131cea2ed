"""What the OpenAPI document says of itself, in French."""

PREMIERS_PAS = (
    "Le catalogue des aides aux entreprises, et l’appariement d’une entreprise et de son "
    "projet à ces aides. Sans clé ni compte.\n\n"
    "1. Lisez les aides d’un territoire : `GET /api/v1/aides/?territoire=31555`.\n"
    "2. Lisez les faits que l’on peut donner : `GET /api/v1/faits/`.\n"
    "3. Envoyez ceux que vous connaissez : `POST /api/v1/simulations/`. Un fait absent est "
    "« sans réponse » : l’aide est alors « à compléter », et `manquants` dit quoi demander."
    '\n\nMontants en euros, entre guillemets (`"40000.00"`) ; dates AAAA-MM-JJ ; erreurs au '
    "format RFC 9457. Les ETag évitent de relire ce qui n’a pas changé."
)
LICENCE = {
    "name": "AGPL-3.0-or-later",
    "url": "https://www.gnu.org/licenses/agpl-3.0.html",
}
