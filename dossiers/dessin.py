"""The life cycle of a demande drawn for the documentation, from the table of `circuit`."""

from __future__ import annotations

from dossiers.circuit import CIRCUIT, ETATS_FINAUX, Etat, Horloge, Qui, Transition

DEBUT = """<!-- Drawn by `manage.py dessiner_circuit` from dossiers/circuit.py: do not edit. -->
# The life cycle of a demande
"""
QUI = {
    Qui.SYSTEME: "le système",
    Qui.AGENT: "un agent du guichet",
    Qui.ENTREPRISE: "un membre de l’entreprise",
    Qui.ADMINISTRATION: "l’administration du portail",
}
HORLOGE = {
    Horloge.COURT: "court",
    Horloge.SUSPENSION: "suspendu jusqu’à la réponse ou à la date limite",
    Horloge.ARRET: "s’arrête",
}
COMPLEMENT = {True: "oui", False: "non", None: ""}


def dessiner() -> str:
    """The whole page, in Markdown: a Mermaid diagram, then the table it is drawn from."""
    return "\n".join([DEBUT, *_diagramme(), "", *_tableau(), ""])


def _diagramme() -> list[str]:
    lignes = ["```mermaid", "stateDiagram-v2", f"  [*] --> {Etat.A_ROUTER.value} : déposer"]
    lignes += [f"  {etat.value} : {etat.label}" for etat in Etat]
    for transition in CIRCUIT.values():
        lignes += [
            f"  {etat.value} --> {transition.apres(etat).value} : {transition.libelle}"
            for etat in _ordonnes(transition)
        ]
    lignes += [f"  {etat.value} --> [*]" for etat in Etat if etat in ETATS_FINAUX]
    return [*lignes, "```"]


def _tableau() -> list[str]:
    lignes = [
        "| acte | de | vers | qui | motif | demande ouverte | complément en attente | délai |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for transition in CIRCUIT.values():
        colonnes = (
            f"{transition.libelle} (`{transition.acte}`)",
            ", ".join(etat.label for etat in _ordonnes(transition)),
            transition.vers.label if transition.vers else "inchangé",
            QUI[transition.qui],
            "obligatoire" if transition.motive else "",
            "oui" if transition.ouverte else "",
            COMPLEMENT[transition.complement],
            HORLOGE[transition.horloge],
        )
        lignes.append(f"| {' | '.join(colonnes)} |")
    return lignes


def _ordonnes(transition: Transition) -> list[Etat]:
    return [etat for etat in Etat if etat in transition.de]
