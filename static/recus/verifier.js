// Verify a receipt in the browser, with the keys that the page holds: nothing is sent, and the page
// saved on a disk does it without a network. Comfort only: the form asks the portal the same.
"use strict";

const TYPE = "recu+jwt";
const TAILLE_MAXIMUM = 5_000_000;
const FLUX_MAXIMUM = 2000;
const MARGE = 10 * 60 * 1000;
const FORME = /^eyJ[\w-]+\.[\w-]+\.[\w-]*$/;

const bouton = document.getElementById("verifier-ici");
const sortie = document.getElementById("verdict-ici");
const jeu = JSON.parse(bouton.form.dataset.cles);

class Refus extends Error {}
// Nothing was given: that says nothing of a receipt.
class Rien extends Error {}

const creer = (balise, texte, classe) => {
  const element = document.createElement(balise);
  if (texte) element.textContent = texte;
  if (classe) element.className = classe;
  return element;
};

const octets = (texte) => Uint8Array.from(atob(texte.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const json = (partie) => JSON.parse(new TextDecoder().decode(octets(partie)));

// ------------------------------------------------------------------ reading

const decompresser = async (morceau) => {
  const flux = new Blob([morceau]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(flux).text().catch(() => "");
};

// The receipt attached to a PDF: among its streams, the one that is a receipt.
const duPdf = async (brut) => {
  const latin = new TextDecoder("latin1").decode(brut);
  const trouves = new Set();
  const debut = /\bstream\r?\n/g;
  for (let rang = 0, trouve; rang < FLUX_MAXIMUM && (trouve = debut.exec(latin)); rang += 1) {
    const de = trouve.index + trouve[0].length;
    let a = latin.indexOf("endstream", de);
    // A receipt is short: what weighs more is a picture or a font.
    if (a < 0 || a - de > 100_000) continue;
    if (latin[a - 1] === "\n") a -= latin[a - 2] === "\r" ? 2 : 1;
    const texte = latin.startsWith("eyJ", de) ? latin.slice(de, a) : await decompresser(brut.slice(de, a));
    if (FORME.test(texte.trim())) trouves.add(texte.trim());
  }
  if (trouves.size > 1) throw new Refus("Ce PDF contient plusieurs reçus : vérifiez-les un par un.");
  if (!trouves.size) throw new Refus("Ce PDF ne contient pas de reçu.");
  return [...trouves][0];
};

const recu = async (formulaire) => {
  const [fichier] = formulaire.elements.fichier.files;
  let texte = formulaire.elements.texte.value;
  if (fichier) {
    if (fichier.size > TAILLE_MAXIMUM) throw new Refus("Ce fichier dépasse 5 Mo.");
    const brut = new Uint8Array(await fichier.arrayBuffer());
    texte = new TextDecoder().decode(brut);
    if (texte.slice(0, 1024).includes("%PDF-")) return duPdf(brut);
  }
  texte = texte.replace(/\s/g, "");
  if (!texte) throw new Rien("Choisissez un fichier, ou collez le texte d’un reçu.");
  if (!FORME.test(texte)) throw new Refus("Ce n’est pas un reçu.");
  return texte;
};

// ------------------------------------------------------------------ verifying

const verifier = async (jws) => {
  const [entete, corps, signature] = jws.split(".");
  const { alg, typ, kid } = json(entete);
  if (alg !== "ES256" || typ !== TYPE) throw new Refus("Ce texte n’est pas un reçu signé en ES256.");
  const jwk = jeu.keys.find((cle) => cle.kid === kid);
  if (!jwk) throw new Refus("Il nomme une clé que cette page n’a pas : reprenez la page sur le portail.");
  const { kty, crv, x, y } = jwk;
  const famille = { name: "ECDSA", namedCurve: "P-256" };
  const cle = await crypto.subtle.importKey("jwk", { kty, crv, x, y }, famille, false, ["verify"]);
  const signe = new TextEncoder().encode(`${entete}.${corps}`);
  const juste = await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, cle, octets(signature), signe);
  if (!juste) throw new Refus("Sa signature est fausse : il a été modifié, ou n’a pas été émis par le portail.");
  const dit = json(corps);
  if (jwk.retiree_le && dit.iat * 1000 > Date.parse(jwk.retiree_le) + MARGE) {
    throw new Refus("Il est daté d’après le retrait de la clé qui le signe.");
  }
  return { dit, jwk };
};

// ------------------------------------------------------------------ saying

// The hour of the portal, wherever the page is read.
const date = (quand) => new Date(quand).toLocaleString("fr", { dateStyle: "long", timeStyle: "short", timeZone: "Europe/Paris" });

const bandeau = (ton, titre, texte) => {
  const bloc = creer("div", "", `bandeau bandeau-${ton}`);
  bloc.append(creer("h2", titre), creer("p", texte));
  return bloc;
};

const recapituler = ({ dit, jwk }) => {
  const liste = creer("dl", "", "recap carte");
  const lignes = {
    Dossier: `${dit.dossier}, version ${dit.version}`,
    "Déposé le": date(dit.deposee_le),
    // Receipts of before named no aide.
    Demandes: dit.demandes.map(({ numero, aide, titre }) => titre ? `${titre} (${numero}, code « ${aide} »)` : `${numero}, aide « ${aide} »`).join(" ; "),
    "Empreinte du contenu": dit.empreinte,
    "Inscription au journal": `ligne ${dit.journal.rang} du dossier, ${dit.journal.empreinte}`,
    "Clé de signature": `${jwk.kid}${jwk.retiree_le ? ` retirée le ${date(jwk.retiree_le)} : ce reçu est d’avant` : ""}`,
  };
  for (const [nom, valeur] of Object.entries(lignes)) {
    const ligne = creer("div");
    ligne.append(creer("dt", nom), creer("dd", valeur, "long"));
    liste.append(ligne);
  }
  return liste;
};

const montrer = async (formulaire) => {
  // What the portal said of another receipt.
  document.querySelectorAll("[data-verdict]").forEach((ancien) => ancien.remove());
  try {
    const trouve = await verifier(await recu(formulaire));
    const signe = `Le portail ${trouve.dit.iss} l’a signé le ${date(trouve.dit.iat * 1000)}. Rien n’a été envoyé : le registre n’est pas consulté, et le reste du PDF n’est pas vérifié.`;
    sortie.replaceChildren(bandeau("success", "La signature de ce reçu est juste", signe), recapituler(trouve));
  } catch (erreur) {
    if (erreur instanceof Rien) {
      sortie.replaceChildren(bandeau("info", "Rien à vérifier", erreur.message));
      return;
    }
    const texte = erreur instanceof Refus ? erreur.message : "Il est illisible ou abîmé.";
    sortie.replaceChildren(bandeau("error", "Ce reçu n’est pas valable", texte));
  }
};

if (window.crypto?.subtle && window.DecompressionStream) {
  bouton.hidden = false;
  bouton.addEventListener("click", () => montrer(bouton.form));
}
