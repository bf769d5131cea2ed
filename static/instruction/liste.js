// Comfort only: j and k go from one demande to the next, Enter follows the link, / searches.
"use strict";

const lignes = [...document.querySelectorAll("[data-liste] [data-ligne]")];
const saisie = "input, select, textarea, [contenteditable]";

document.querySelectorAll(".clavier-aide").forEach((aide) => {
  aide.hidden = matchMedia("(hover: none)").matches;
});

document.addEventListener("keydown", (evenement) => {
  if (evenement.ctrlKey || evenement.metaKey || evenement.altKey) return;
  if (evenement.target.closest(saisie)) {
    if (evenement.key === "Escape") evenement.target.blur();
    return;
  }
  if (evenement.key === "/") {
    const recherche = document.getElementById("filtre-q");
    if (!recherche) return;
    evenement.preventDefault();
    recherche.focus();
    recherche.select();
  } else if (evenement.key === "j" || evenement.key === "k") {
    if (!lignes.length) return;
    const actuelle = lignes.indexOf(document.activeElement);
    const pas = evenement.key === "j" ? 1 : -1;
    const suivante = actuelle < 0 ? 0 : Math.min(Math.max(actuelle + pas, 0), lignes.length - 1);
    lignes[suivante].focus();
    lignes[suivante].closest("tr").scrollIntoView({ block: "nearest" });
  }
});
