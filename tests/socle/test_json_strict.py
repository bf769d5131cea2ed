import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.socle.json_strict import DocumentInvalide, lire_json


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ('{\n "a": [1,\n  {"b": 1, "b": 2}]}', "ligne 3 : a/1 : clé donnée deux fois : « b »"),
        ('{"a": 1, "a": 2}', "ligne 1 : clé donnée deux fois : « a »"),
        ('{\n"a": [\n1,\nNaN]}', "ligne 4 : a/1 : NaN n’est pas un nombre de JSON"),
        ('[\n{"x": -Infinity}]', "ligne 2 : 0/x : -Infinity n’est pas un nombre de JSON"),
        ('{"a": 0.5}', "ligne 1 : a : 0.5 : écrivez entre guillemets un nombre qui a un point"),
        ('{"a": 1e400}', "ligne 1 : a : 1e400 : écrivez entre guillemets"),
        ('{"a": ' + "9" * 5000 + "}", "ligne 1 : a : nombre démesuré"),
        ('{"a": "\\u0000"}', "ligne 1 : a : le caractère nul est interdit"),
        ('{\n"a": {"b": "\\ud800"}}', "ligne 2 : a/b : demi-caractère Unicode isolé"),
        ('{"a": [\n{"b": 1,\n "c": 2 "d": 3}]}', "ligne 3 : a/0"),
        ("[1, 2", "ligne 1 :"),
        ("", "ligne 1 :"),
        ('{"a": 1} x', "ligne 1 : JSON mal formé, colonne 10"),
        ("[" * 100_000, "ligne 1 : 0/0/0/0/0/0/0/0/… : document trop profond"),
        (
            '{"a": [1, "[",\n{"b \\" {": ' + "[1, " * 300 + "1" + "]" * 300 + "}]}",
            'ligne 2 : a/2/b " {/1/1/1/1/1/… : document trop profond (plus de 200 niveaux)',
        ),
        (
            '{"aides": [{"criteres": ' + '{"critere": ' * 100_000 + "1" + "}" * 100_002 + "]}",
            "ligne 1 : aides/0/criteres/critere/critere/critere/critere/critere/… : document",
        ),
    ],
)
def test_each_fault_is_named_with_its_place(texte, attendu):
    with pytest.raises(DocumentInvalide) as refus:
        lire_json(texte.encode())
    assert str(refus.value).startswith(attendu)


def test_another_encoding_is_refused_with_its_line():
    with pytest.raises(DocumentInvalide, match="ligne 2 : ce fichier n’est pas en UTF-8"):
        lire_json(b'{\n"a": "\xe9"}')


def test_a_byte_order_mark_is_accepted():
    assert lire_json(b'\xef\xbb\xbf{"a": 1}').valeur == {"a": 1}


json_sans_flottant = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0")),
    lambda enfants: (
        st.lists(enfants)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0")), enfants
        )
    ),
    max_leaves=20,
)


@given(json_sans_flottant, st.sampled_from([None, 0, 2]), st.booleans())
def test_it_reads_what_the_standard_library_writes(valeur, indent, ascii_seul):
    texte = json.dumps(valeur, indent=indent, ensure_ascii=ascii_seul)
    assert lire_json(texte.encode()).valeur == valeur


@given(json_sans_flottant)
def test_every_path_has_the_line_where_its_value_begins(valeur):
    """With one value a line, the line of a path is the number of values before it."""
    texte = json.dumps(valeur, indent=1)
    document = lire_json(texte.encode())
    lignes = texte.split("\n")

    def verifier(chemin, courant):
        ligne = lignes[document.defaut(chemin, "").ligne - 1].strip()
        if chemin and isinstance(chemin[-1], str):
            cle = json.dumps(chemin[-1]) + ": "
            assert ligne.startswith(cle)
            ligne = ligne.removeprefix(cle)
        assert ligne.startswith(json.dumps(courant, indent=1).split("\n")[0])
        enfants = (
            courant.items()
            if isinstance(courant, dict)
            else (enumerate(courant) if isinstance(courant, list) else ())
        )
        for cle, enfant in enfants:
            verifier((*chemin, cle), enfant)

    verifier((), valeur)


def test_a_reader_may_refuse_numbers_with_a_point_itself():
    assert lire_json(b'{"a": 1.5}', flottants=True).valeur == {"a": 1.5}
    with pytest.raises(DocumentInvalide, match="ligne 2 : b : NaN"):
        lire_json(b'{"a": 1.5,\n"b": NaN}', flottants=True)
