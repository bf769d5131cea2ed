import pytest

pytestmark = pytest.mark.usefixtures("reference")
ADRESSE = "/territoires/communes.json"


def test_anyone_may_search(client):
    reponse = client.get(ADRESSE, {"q": "saint-lys"})
    assert reponse.status_code == 200
    assert reponse["Content-Type"] == "application/json"
    assert reponse.json() == {
        "communes": [
            {
                "code": "31499",
                "nom": "Saint-Lys",
                "ancien_nom": "",
                "codes_postaux": ["31470"],
                "departement": {"code": "31", "nom": "Haute-Garonne"},
                "epci": {"siren": "200068641", "nom": "CA Le Muretain Agglo"},
            }
        ]
    }


def test_at_most_twenty(client):
    assert len(client.get(ADRESSE, {"q": "tou"}).json()["communes"]) == 20


def test_a_commune_without_epci(client):
    communes = client.get(ADRESSE, {"q": "29155"}).json()["communes"]
    assert [(commune["nom"], commune["epci"]) for commune in communes] == [("Ouessant", None)]


@pytest.mark.parametrize("parametres", [{}, {"q": ""}, {"q": "\x00"}, {"q": "zzzz"}])
def test_nothing_found_is_an_empty_list(client, parametres):
    reponse = client.get(ADRESSE, parametres)
    assert (reponse.status_code, reponse.json()) == (200, {"communes": []})


def test_it_is_read_only(client):
    assert client.post(ADRESSE, {"q": "toulouse"}).status_code == 405
