"""The lists of choices of the vocabulary: code in exchanged JSON -> label people see.

Expenses carry a label and the question the form asks.
"""

from __future__ import annotations

SECTEURS = {
    "industrie": "Industrie",
    "artisanat": "Artisanat de production ou de services",
    "metiers_art": "Métiers d’art",
    "agroalimentaire": "Transformation agroalimentaire",
    "agriculture": "Production agricole primaire, pêche, aquaculture",
    "batiment": "Bâtiment et travaux publics",
    "services_entreprises": "Services aux entreprises",
    "services_particuliers": "Services aux particuliers",
    "numerique": "Numérique",
    "tourisme": "Tourisme et loisirs",
    "hebergement_restauration": "Hébergement, restauration",
    "commerce_gros": "Commerce de gros, négoce entre entreprises",
    "commerce_detail": "Commerce de détail",
    "transport_logistique": "Transport, logistique",
    "profession_liberale": "Profession libérale",
    "finance_assurance": "Banque, finance, assurance",
    "immobilier": "Promotion, agence ou gestion immobilière",
    "sante_social": "Santé, action sociale",
    "culture_creation": "Culture et création",
    "energie_environnement": "Énergie, eau, déchets",
    "ess": "Économie sociale et solidaire",
}

NATURES_PROJET = {
    "investissement": "Acheter des machines ou des équipements",
    "immobilier": "Acheter, construire ou rénover des locaux",
    "innovation": "Mettre au point un produit, un procédé ou un service nouveau",
    "recherche": "Mener de la recherche et développement",
    "export": "Vendre à l’étranger",
    "formation": "Former les salariés",
    "recrutement": "Recruter",
    "transition_ecologique": "Réduire l’impact sur l’environnement",
    "energie": "Économiser ou produire de l’énergie",
    "eau": "Économiser ou dépolluer l’eau",
    "dechets": "Réduire ou recycler des déchets",
    "mobilite": "Changer de véhicules ou de transport",
    "numerique": "Moderniser avec le numérique",
    "conseil": "Se faire conseiller, faire un diagnostic",
    "creation": "Créer une entreprise",
    "reprise": "Reprendre ou transmettre une entreprise",
    "tresorerie": "Renforcer la trésorerie ou le fonds de roulement",
}

DEPENSES = {
    "depense_terrain": ("Terrain", "Achat de terrain"),
    "depense_batiment": ("Bâtiments", "Achat, construction ou rénovation de locaux"),
    "depense_equipement": ("Équipements", "Machines, matériel, véhicules, installations"),
    "depense_immateriel": ("Immatériel", "Logiciels, brevets, licences"),
    "depense_conseil": ("Conseil et études", "Études, diagnostics, conseil extérieur"),
    "depense_recherche": ("Recherche et développement", "Personnel de R&D, prototypes, essais"),
    "depense_prospection": ("Prospection", "Salons, missions, communication à l’étranger"),
    "depense_formation": ("Formation", "Coûts de formation des salariés"),
    "depense_salaires": ("Salaires des emplois créés", "Salaires chargés sur deux ans"),
    "depense_autre": ("Autres dépenses", "Ce qui n’entre dans aucune autre ligne"),
}
