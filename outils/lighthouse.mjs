// Lighthouse's mobile scores of the main pages of a running demonstration; run by lighthouse.sh.
// The signed-in pages are read with the session of a demonstration account, made here. A machine
// that does something else only makes a score worse: a page is read up to three times.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const SEUIL = 95;
const COMPTES = { entreprise: "menuiserie@exemple.invalid", agent: "region@exemple.invalid" };
const [dossier, adresse, motDePasse] = process.argv.slice(2);
const requis = createRequire(`${dossier}/`);
const { default: lighthouse } = await import(pathToFileURL(requis.resolve("lighthouse")));
const chrome = await import(pathToFileURL(requis.resolve("chrome-launcher")));
const { default: puppeteer } = await import(pathToFileURL(requis.resolve("puppeteer-core")));

const temoins = (reponse) => reponse.headers.getSetCookie().map((temoin) => temoin.split(";")[0]);

async function seConnecter(login) {
  const url = `${adresse}/comptes/login/`;
  const formulaire = await fetch(url);
  const jeton = (await formulaire.text()).match(/name="csrfmiddlewaretoken" value="([^"]+)"/)[1];
  const reponse = await fetch(url, {
    method: "POST",
    redirect: "manual",
    headers: { Cookie: temoins(formulaire).join("; "), Referer: url },
    body: new URLSearchParams({ csrfmiddlewaretoken: jeton, login, password: motDePasse }),
  });
  if (reponse.status !== 302) throw new Error(`${login} : connexion refusée (${reponse.status})`);
  return temoins(reponse).join("; ");
}

// The first address of this form among the links of a page.
async function lien(page, motif, Cookie) {
  const texte = await (await fetch(adresse + page, { headers: { Cookie } })).text();
  const trouve = texte.match(motif);
  if (!trouve) throw new Error(`${page} : aucun lien ${motif}`);
  return trouve[0];
}

const entreprise = await seConnecter(COMPTES.entreprise);
const agent = await seConnecter(COMPTES.agent);
const suivi = await lien("/dossiers/", /\/dossiers\/[0-9a-f-]{36}\/suivi\//, entreprise);
const PAGES = [
  { nom: "accueil", chemin: "/", seo: true },
  { nom: "catalogue", chemin: "/aides/", seo: true },
  { nom: "simulation", chemin: "/simulation/", seo: true },
  // Left out of search engines on purpose: each address holds somebody's answers.
  { nom: "résultats", chemin: "/simulation/aides/?commune_projet=31555&effectif=12" },
  { nom: "suivi", chemin: suivi, Cookie: entreprise },
  { nom: "corbeille", chemin: "/instruction/", Cookie: agent },
];
const ESSAIS = 3;
const notes = (lhr) => Object.values(lhr.categories).map(({ score }) => Math.round(score * 100));
const suffit = (lhr) => notes(lhr).every((note) => note >= SEUIL);

const navigateur = await chrome.launch({
  chromePath: process.env.CHROME_PATH,
  chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu"],
});
const pilote = await puppeteer.connect({ browserURL: `http://localhost:${navigateur.port}` });
let echecs = 0;
for (const page of PAGES) {
  let meilleure;
  for (let essai = 0; essai < ESSAIS && !(meilleure && suffit(meilleure)); essai += 1) {
    const lhr = await lire(page);
    if (!meilleure || notes(lhr)[0] > notes(meilleure)[0]) meilleure = lhr;
  }
  const octets = meilleure.audits["total-byte-weight"].numericValue;
  const lues = Object.keys(meilleure.categories).map((nom, rang) => `${nom} ${notes(meilleure)[rang]}`);
  console.log(`${page.nom.padEnd(12)} ${lues.join("  ")}  ${Math.round(octets / 1024)} Ko`);
  if (!suffit(meilleure)) {
    echecs += 1;
    expliquer(meilleure);
  }
}
await pilote.disconnect();
navigateur.kill();
process.exit(echecs ? 1 : 0);

// One reading in a profile of its own, where the account of the page is signed in.
async function lire({ nom, chemin, seo, Cookie }) {
  const onlyCategories = ["performance", "accessibility", "best-practices", ...(seo ? ["seo"] : [])];
  const profil = await pilote.createBrowserContext();
  try {
    const onglet = await profil.newPage();
    for (const temoin of Cookie ? Cookie.split("; ") : []) {
      const [name, value] = temoin.split("=");
      await onglet.setCookie({ name, value, url: adresse });
    }
    const reglages = { onlyCategories, disableStorageReset: true };
    const { lhr } = await lighthouse(adresse + chemin, reglages, undefined, onglet);
    if (new URL(lhr.finalDisplayedUrl).pathname !== chemin.split("?")[0]) {
      throw new Error(`${nom} mène à ${lhr.finalDisplayedUrl}`);
    }
    return lhr;
  } finally {
    await profil.close();
  }
}

function expliquer(lhr) {
  for (const { auditRefs, score } of Object.values(lhr.categories)) {
    for (const { id, weight } of score * 100 < SEUIL ? auditRefs : []) {
      const audit = lhr.audits[id];
      if (weight && audit.score !== null && audit.score < 0.9) {
        console.log(`  - ${audit.title} ${audit.displayValue ?? ""}`);
      }
    }
  }
}
