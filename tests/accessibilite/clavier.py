"""Somebody who has a keyboard and nothing else: each step is a key, each stop is looked at."""

from __future__ import annotations

from typing import Any

#: What has the focus: where it is, whether one sees that it has it, whether something hides it.
REGARD = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const style = getComputedStyle(e);
  const r = e.getBoundingClientRect();
  const points = [[0.5, 0.5], [0.1, 0.5], [0.9, 0.5], [0.5, 0.2], [0.5, 0.8]];
  const vu = ([x, y]) => {
    const dessus = document.elementFromPoint(r.left + r.width * x, r.top + r.height * y);
    return dessus && (e.contains(dessus) || dessus.contains(e));
  };
  return {
    quoi: e.outerHTML.slice(0, 160),
    marque: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2)
      || style.boxShadow !== "none",
    visible: points.some(vu),
  };
}"""
EST_ACTIF = "(elements) => elements.includes(document.activeElement)"


class Clavier:
    """The keys, in one tab. No click, no script puts the focus anywhere."""

    #: More stops than on any page: going round is a failure.
    PAS = 150

    def __init__(self, page: Any) -> None:
        self.page = page

    def touche(self, *touches: str) -> None:
        for touche in touches:
            self.page.keyboard.press(touche)

    def ecrire(self, texte: str) -> None:
        self.page.keyboard.type(texte)

    def regarder(self) -> None:
        """The focus is seen, and hidden under nothing (WCAG 2.2, 2.4.7 and 2.4.11)."""
        regard = self.page.evaluate(REGARD)
        if regard is not None:
            assert regard["marque"], f"focus invisible : {regard['quoi']}"
            assert regard["visible"], f"focus caché : {regard['quoi']}"

    def jusqu_a(self, role: str, nom: str, *, recule: bool = False, exact: bool = False) -> None:
        """Press Tab until the element of this role and accessible name has the focus."""
        cible = self.page.get_by_role(role, name=nom, exact=exact)
        for _ in range(self.PAS):
            if cible.evaluate_all(EST_ACTIF):
                return
            self.touche("Shift+Tab" if recule else "Tab")
            self.regarder()
        raise AssertionError(f"{self.page.url} : {role} « {nom} » ne s’atteint pas au clavier")

    def remplir(self, nom: str, texte: str, role: str = "textbox") -> None:
        """Reach a field and write in it, in place of what it held."""
        self.jusqu_a(role, nom)
        self.touche("Control+a")
        self.ecrire(texte)

    def presser(self, role: str, nom: str, touche: str = "Enter") -> None:
        """Reach what changes the page in place, and press it."""
        self.jusqu_a(role, nom)
        self.touche(touche)

    def valider(self) -> None:
        """Press Enter where it leads to another page; wait until that one is there."""
        # The page's own arrival must not be taken for that of the next one.
        self.page.wait_for_load_state()
        with self.page.expect_event("load"):
            self.touche("Enter")

    def suivre(self, role: str, nom: str) -> None:
        """Reach a link or a button that leads to another page, and follow it there."""
        self.jusqu_a(role, nom)
        self.valider()

    def arriver(self, titre: str) -> None:
        """The page has this heading; one starts again from its top."""
        self.page.get_by_role("heading", name=titre).first.wait_for()
