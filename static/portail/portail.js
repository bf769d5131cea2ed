// Comfort only: every page works without this file.
"use strict";

// A form being saved as one types is not sent by its button while a save is under way, so that
// the page does not meet its own change as somebody else's. Only the form's own requests count:
// a field of it that looks something up may be replaced before its answer comes, and then nobody
// says that the lookup has ended.
const enCours = new WeakMap();
const enAttente = new WeakMap();
const partis = new WeakSet();
const autosauve = (element) => element.matches("form[data-autosauve]");
document.addEventListener("htmx:beforeRequest", (evenement) => {
  const formulaire = evenement.target;
  if (!autosauve(formulaire)) return;
  // A save that was about to start has nothing left to say once the button has sent it all.
  if (partis.has(formulaire)) evenement.preventDefault();
  else enCours.set(formulaire, (enCours.get(formulaire) || 0) + 1);
});
document.addEventListener("htmx:afterRequest", (evenement) => {
  const formulaire = evenement.target;
  if (!autosauve(formulaire)) return;
  enCours.set(formulaire, Math.max(0, (enCours.get(formulaire) || 1) - 1));
  if (enAttente.has(formulaire) && !enCours.get(formulaire)) {
    const bouton = enAttente.get(formulaire);
    enAttente.delete(formulaire);
    formulaire.requestSubmit(bouton);
  }
});
document.addEventListener("submit", (evenement) => {
  const formulaire = evenement.target;
  if (autosauve(formulaire) && enCours.get(formulaire)) {
    evenement.preventDefault();
    enAttente.set(formulaire, evenement.submitter);
  } else if (autosauve(formulaire)) {
    partis.add(formulaire);
  } else if (formulaire.matches("form[data-une-fois]")) {
    const bouton = evenement.submitter ?? formulaire.querySelector("[type=submit]");
    setTimeout(() => bouton.setAttribute("disabled", ""), 0);
  }
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-autosauve]").forEach((formulaire) => partis.delete(formulaire));
  document.querySelectorAll("form[data-une-fois] [type=submit][disabled]").forEach((bouton) => {
    bouton.removeAttribute("disabled");
  });
});

// Enter presses the first button of a form: where that one only searches a list, Enter in any
// other field sends the form instead.
document.addEventListener("keydown", (evenement) => {
  const champ = evenement.target;
  if (evenement.key !== "Enter" || !champ.matches("input:not([type=search])")) return;
  if (!champ.form?.querySelector("[name=chercher]")) return;
  evenement.preventDefault();
  champ.form.requestSubmit(champ.form.querySelector(".actions [type=submit]"));
});

// What had the focus may be gone once a part of the page is replaced: the focus then goes to what
// stands at the same place, in the nearest part that is still there, and not back to the top.
const ATTEIGNABLE = "a[href], button:not([disabled]), summary, select, textarea, input:not([type=hidden])";
const atteignables = (bloc) => [...bloc.querySelectorAll(ATTEIGNABLE)].filter((e) => e.checkVisibility());
let places = [];
document.addEventListener("htmx:beforeSwap", () => {
  places = [];
  const actif = document.activeElement;
  for (let bloc = actif?.closest("[id]"); bloc; bloc = bloc.parentElement?.closest("[id]")) {
    places.push({ id: bloc.id, rang: Math.max(0, atteignables(bloc).indexOf(actif)) });
  }
});
document.addEventListener("htmx:afterSettle", () => {
  if (document.activeElement !== document.body) return;
  for (const { id, rang } of places) {
    const restants = atteignables(document.getElementById(id) ?? document.createElement("p"));
    if (restants.length) {
      (restants[rang] ?? restants[0]).focus({ preventScroll: true });
      return;
    }
  }
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
