// Comfort only: every page works without this file.
"use strict";

// A form being saved as one types is not sent by its button while a save is under way, so that
// the page does not meet its own change as somebody else's.
const enCours = new WeakMap();
document.addEventListener("htmx:beforeRequest", (evenement) => {
  const formulaire = evenement.target.closest("form[data-autosauve]");
  if (formulaire) enCours.set(formulaire, (enCours.get(formulaire) || 0) + 1);
});
document.addEventListener("htmx:afterRequest", (evenement) => {
  const formulaire = evenement.target.closest("form[data-autosauve]");
  if (!formulaire) return;
  enCours.set(formulaire, Math.max(0, (enCours.get(formulaire) || 1) - 1));
  if (formulaire.dataset.attend && !enCours.get(formulaire)) {
    delete formulaire.dataset.attend;
    formulaire.requestSubmit();
  }
});
document.addEventListener("submit", (evenement) => {
  const formulaire = evenement.target;
  if (formulaire.matches("form[data-autosauve]") && enCours.get(formulaire)) {
    evenement.preventDefault();
    formulaire.dataset.attend = "1";
  } else if (formulaire.matches("form[data-une-fois]")) {
    const bouton = formulaire.querySelector("[type=submit]");
    setTimeout(() => bouton.setAttribute("disabled", ""), 0);
  }
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-une-fois] [type=submit][disabled]").forEach((bouton) => {
    bouton.removeAttribute("disabled");
  });
});

// A field whose message has gone is no longer in error.
document.addEventListener("htmx:oobAfterSwap", (evenement) => {
  const bloc = evenement.target;
  if (!bloc.id || !bloc.id.endsWith("_error") || bloc.querySelector(".erreur")) return;
  const question = bloc.closest(".question, tr");
  question?.querySelectorAll("[aria-invalid]").forEach((champ) => champ.removeAttribute("aria-invalid"));
});

// Ticking an aide says at once how many are chosen.
document.addEventListener("change", (evenement) => {
  const formulaire = evenement.target.closest("form[data-choix]");
  if (!formulaire || evenement.target.type !== "checkbox") return;
  const nombre = formulaire.querySelectorAll("input[name=aide]:checked").length;
  const compte = document.getElementById("compte-choix");
  compte.textContent = nombre === 0 ? "Aucune aide choisie"
    : nombre === 1 ? "1 aide choisie" : `${nombre} aides choisies`;
  evenement.target.closest(".aide-carte").classList.toggle("aide-choisie", evenement.target.checked);
});
