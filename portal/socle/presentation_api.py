"""What the OpenAPI document says of itself, in French."""

PREMIERS_PAS = (
    "Le catalogue des aides aux entreprises, et l’appariement d’une entreprise et de son "
    "projet à ces aides, sans clé ni compte ; le dépôt d’un dossier, pour un programme qui agit "
    "pour un compte.\n\n"
    "1. Lisez les aides d’un territoire : `GET /api/v1/aides/?territoire=31555`.\n"
    "2. Lisez les faits que l’on peut donner : `GET /api/v1/faits/`.\n"
    "3. Envoyez ceux que vous connaissez : `POST /api/v1/simulations/`. Un fait absent est "
    "« sans réponse » : l’aide est alors « à compléter », et `manquants` dit quoi demander.\n"
    "4. Déposez : `POST /api/v1/depots/`, avec un jeton (`POST /api/v1/oauth/jeton/`) et une "
    "`Idempotency-Key`. Renvoyer la même ne dépose pas deux fois.\n"
    "5. Suivez chaque demande : `GET /api/v1/depots/{identifiant}/`."
    '\n\nMontants en euros, entre guillemets (`"40000.00"`) ; dates AAAA-MM-JJ ; erreurs au '
    "format RFC 9457. Les ETag évitent de relire ce qui n’a pas changé."
)
LICENCE = {
    "name": "AGPL-3.0-or-later",
    "url": "https://www.gnu.org/licenses/agpl-3.0.html",
}
