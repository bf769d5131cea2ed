// The simulation answers while one types: what it says of an answer must not interrupt the one
// being written. Comfort only: without this file the same form does the same, at its button.
"use strict";

let envoyees = null;
const saisieDe = (bloc) => bloc.closest(".question")?.querySelector("input.form-control");

// What was sent is kept beside the answer to it, to be compared with what stands on the page now.
document.addEventListener("htmx:beforeSwap", (evenement) => {
  if (evenement.target.id === "bilan-simulation") envoyees = evenement.detail.requestConfig.formData;
});

const aDire = (fragment) => Boolean(fragment.querySelector(".erreur, .remarque, [type=radio], input"));

document.addEventListener("htmx:oobBeforeSwap", (evenement) => {
  const champ = saisieDe(evenement.target);
  if (!champ || !envoyees || champ.form?.id !== "simulation") return;
  const perimee = champ.value !== (envoyees.get(champ.name) ?? "");
  const ecrite = champ === document.activeElement && aDire(evenement.detail.fragment);
  if (!perimee && !ecrite) return;
  evenement.detail.shouldSwap = false;
  // Left without another letter, the answer is looked at again.
  if (!perimee) relire(champ);
});

const aRelire = new WeakSet();
const relire = (champ) => {
  if (aRelire.has(champ)) return;
  aRelire.add(champ);
  champ.addEventListener("blur", () => {
    aRelire.delete(champ);
    champ.dispatchEvent(new Event("change", { bubbles: true }));
  }, { once: true });
};
