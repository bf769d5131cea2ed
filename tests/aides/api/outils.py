from tests.aides.exemples import aide

LISTE = "/api/v1/aides/"


def simple(code, **changements):
    """An aide with nothing that narrows it, but what is asked."""
    base = {
        "exclusions": None,
        "ouverture": None,
        "cloture": None,
        "naf": None,
        "naf_exclusions": None,
        "perimetre": "PAYS-99100",
        "natures_secondaires": None,
    }
    return aide(**{**base, **changements, "code": code})


def refus(reponse, champ):
    """The message about `champ` of a 400 answer, which must be a problem document."""
    assert reponse.status_code == 400
    assert reponse["Content-Type"] == "application/problem+json"
    corps = reponse.json()
    assert (corps["status"], corps["type"]) == (400, "urn:portail:probleme:validation")
    messages = [e["message"] for e in corps["erreurs"] if e["champ"] == champ]
    assert messages, corps
    return " ".join(messages)
