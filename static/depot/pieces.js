// Files leave as soon as they are chosen or dropped, each by itself with its progress; lists are
// brought up to date in place. Comfort only: without this file the same forms do the same.
"use strict";

document.documentElement.classList.add("pieces-script");

let enRoute = 0;
window.addEventListener("beforeunload", (evenement) => {
  if (enRoute) evenement.preventDefault();
});

const creer = (balise, classe, texte) => {
  const element = document.createElement(balise);
  if (classe) element.className = classe;
  if (texte) element.textContent = texte;
  return element;
};

// ------------------------------------------------------------------ lists

const annoncer = (texte) => {
  const annonce = document.querySelector("[data-annonce]");
  if (annonce) annonce.textContent = texte;
};

// Take the lists of a page that was just read, and say what it says. What has the focus keeps it.
const reprendre = (html) => {
  const page = new DOMParser().parseFromString(html, "text/html");
  const focus = document.activeElement?.id;
  document.querySelectorAll("[data-liste-pieces]").forEach((liste) => {
    const nouvelle = page.getElementById(liste.id);
    if (nouvelle) liste.replaceWith(nouvelle);
  });
  if (focus) document.getElementById(focus)?.focus();
  return [...page.querySelectorAll("main [role=status] > .bandeau")].map((b) => b.textContent.trim()).join(" ");
};

const rafraichir = async () => {
  const reponse = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (reponse.ok) reprendre(await reponse.text());
};

document.addEventListener("submit", async (evenement) => {
  const formulaire = evenement.target;
  const liste = formulaire.closest("[data-liste-pieces]");
  if (!liste) return;
  evenement.preventDefault();
  const ligne = formulaire.closest("li").id;
  const surLeType = formulaire.matches(".type-piece");
  const reponse = await fetch(formulaire.action, { method: "POST", body: new FormData(formulaire) });
  const html = await reponse.text();
  // A session that expired leads to another page: go and see it.
  if (!reponse.ok || new URL(reponse.url).pathname !== location.pathname) {
    location.reload();
    return;
  }
  const dit = reprendre(html);
  annoncer(dit);
  if (!surLeType) document.getElementById(ligne)?.querySelector(".suites-fichier button")?.focus();
});

document.addEventListener("change", (evenement) => {
  evenement.target.closest("[data-liste-pieces] .type-piece")?.requestSubmit();
});

// ------------------------------------------------------------------ sending

const TROP_LOURD = "Ce fichier dépasse 20 Mo. Réduisez-le, ou ajoutez-le en plusieurs fichiers.";
const COUPURE = "La connexion s’est interrompue : vérifiez votre réseau, puis choisissez ce fichier de nouveau.";
const SESSION = "Votre session a expiré : reconnectez-vous, puis choisissez ce fichier de nouveau.";

const terminer = (ligne, classe, texte) => {
  ligne.querySelector("progress")?.remove();
  ligne.querySelector(".avancement").textContent = texte;
  ligne.className = classe;
};

// The answer to one file: its row says what is to be known, or goes when there is nothing to say.
const conclure = (ligne, requete, bilan) => {
  let corps = null;
  try { corps = JSON.parse(requete.responseText); } catch { /* not for a script */ }
  if (requete.status === 201 && corps) {
    const [piece] = corps.pieces;
    if (piece.remarque) terminer(ligne, "remarque", piece.remarque);
    else ligne.remove();
    bilan[piece.nouvelle ? "ajoutes" : "deja"] += 1;
    return;
  }
  const faute = corps?.detail || (requete.status === 0 ? COUPURE : SESSION);
  terminer(ligne, "refus", faute);
  bilan.refuses += 1;
};

const envoyer = (zone, fichier, bilan) => new Promise((fini) => {
  const ligne = creer("li");
  ligne.append(creer("span", "nom", fichier.name));
  ligne.append(creer("span", "avancement", "En attente"));
  zone.querySelector("[data-envois]").append(ligne);
  if (fichier.size > Number(zone.dataset.tailleMaximum)) {
    terminer(ligne, "refus", TROP_LOURD);
    bilan.refuses += 1;
    fini();
    return;
  }
  const progression = creer("progress");
  progression.max = 100;
  progression.setAttribute("aria-label", `Envoi de ${fichier.name}`);
  ligne.append(progression);
  const requete = new XMLHttpRequest();
  requete.upload.addEventListener("progress", (evenement) => {
    progression.value = evenement.total ? (100 * evenement.loaded) / evenement.total : 0;
    ligne.querySelector(".avancement").textContent = `${Math.round(progression.value)} %`;
  });
  requete.addEventListener("loadend", () => {
    conclure(ligne, requete, bilan);
    fini();
  });
  requete.open("POST", zone.dataset.adresse);
  requete.setRequestHeader("Accept", "application/json");
  requete.send(corpsDe(zone, fichier));
});

// The other fields of the form go with each file: the token first, which is read before it.
const corpsDe = (zone, fichier) => {
  const corps = new FormData();
  const formulaire = zone.closest("form");
  const element = zone.querySelector("[name=element]");
  corps.append("csrfmiddlewaretoken", formulaire.elements.csrfmiddlewaretoken.value);
  if (element) corps.append("element", element.value);
  else if (formulaire.elements.pour) corps.append("pour", formulaire.elements.pour.value);
  corps.append("fichiers", fichier);
  return corps;
};

const pluriel = (nombre, un, plusieurs) => (nombre === 1 ? un : `${nombre} ${plusieurs}`);

const resume = ({ ajoutes, deja, refuses }) => [
  ajoutes && pluriel(ajoutes, "1 fichier ajouté", "fichiers ajoutés"),
  deja && pluriel(deja, "1 fichier déjà là", "fichiers déjà là"),
  refuses && pluriel(refuses, "1 fichier refusé", "fichiers refusés"),
].filter(Boolean).join(", ");

const recevoir = async (zone, fichiers) => {
  if (!fichiers.length) return;
  const bilan = { ajoutes: 0, deja: 0, refuses: 0 };
  zone.querySelectorAll("[data-envois] > :is(.refus, .remarque)").forEach((ligne) => ligne.remove());
  annoncer(pluriel(fichiers.length, "Envoi d’un fichier", "fichiers à envoyer"));
  enRoute += 1;
  for (const fichier of fichiers) await envoyer(zone, fichier, bilan);
  enRoute -= 1;
  await rafraichir();
  annoncer(`${resume(bilan)}.`);
};

document.addEventListener("change", (evenement) => {
  const zone = evenement.target.closest("[data-zone-pieces]");
  if (!zone || evenement.target.type !== "file") return;
  const fichiers = [...evenement.target.files];
  evenement.target.value = "";
  recevoir(zone, fichiers);
});

document.addEventListener("dragover", (evenement) => {
  // A file dropped beside the zone must not replace the page.
  evenement.preventDefault();
  document.querySelectorAll("[data-zone-pieces]").forEach((zone) => {
    zone.classList.toggle("survol", zone.contains(evenement.target));
  });
});
document.addEventListener("drop", (evenement) => {
  evenement.preventDefault();
  const zone = evenement.target.closest("[data-zone-pieces]");
  zone?.classList.remove("survol");
  if (zone) recevoir(zone, [...evenement.dataTransfer.files]);
});
