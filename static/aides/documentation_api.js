// Swagger UI calls a part of itself the main content, inside ours: a page has one.
"use strict";

const dessin = document.getElementById("swagger-ui");
new MutationObserver((_, observateur) => {
  const second = dessin.querySelector("main");
  if (!second) return;
  second.setAttribute("role", "group");
  observateur.disconnect();
}).observe(dessin, { childList: true, subtree: true });
