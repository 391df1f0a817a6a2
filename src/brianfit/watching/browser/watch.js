/* Keeps the page of fits under way up to date: events come from the process that serves it. */
"use strict";

(() => {
  const place = (id) => document.getElementById(id);
  let fits = {};
  let source = null;

  function chosen() {
    const named = decodeURIComponent(window.location.hash.slice(1));
    return named in fits ? named : Object.keys(fits)[0];
  }

  /* What is written here was built by the server, which escapes every text. */
  function put(id, html) {
    const target = place(id);
    if (target.dataset.shown === html) return;
    target.dataset.shown = html;
    target.innerHTML = html;
  }

  function show() {
    const fit = fits[chosen()];
    if (!fit) { place("title").textContent = "No store yet"; return; }
    place("title").textContent = `${fit.title}: ${fit.state}`;
    document.title = place("title").textContent;
    for (const part of ["head", "course", "parameters", "samples"]) put(part, fit[part]);
    place("control").hidden = !fit.is_running;
  }

  function heard(event) {
    const told = JSON.parse(event.data);
    fits = told.fits;
    put("overview", told.overview);
    place("status").textContent = `Looked at ${new Date().toLocaleTimeString()}.`;
    place("status").classList.remove("is-lost");
    show();
    document.documentElement.dataset.frames = String(1 + Number(document.documentElement.dataset.frames || 0));
  }

  function simulated(event) {
    const told = JSON.parse(event.data);
    if (String(told.store) !== chosen()) return;
    place("model-words").textContent = told.words;
    if (!told.sweeps) return;
    const drawings = place("drawings");
    if (drawings.dataset.structure !== told.drawings) {
      drawings.dataset.structure = told.drawings;
      drawings.innerHTML = told.drawings;
    }
    window.showSweeps(told.sweeps);
    put("figures", told.figures);
    put("by-sweep", told.by_sweep);
  }

  function listen() {
    if (source) source.close();
    for (const id of ["drawings", "figures", "by-sweep"]) {
      place(id).replaceChildren();
      delete place(id).dataset.shown;
      delete place(id).dataset.structure;
    }
    place("model-words").textContent = "The best model is being simulated.";
    source = new EventSource(`events?store=${encodeURIComponent(window.location.hash.slice(1))}`);
    source.addEventListener("frames", heard);
    source.addEventListener("model", simulated);
    source.addEventListener("error", () => {
      place("status").textContent = "The process that serves this page has ended, or does not answer.";
      place("status").classList.add("is-lost");
    });
  }

  const requests = { stop: { stop: true }, rounds: { rounds: 10 }, time: { seconds: 600 } };

  async function ask(what) {
    const fit = fits[chosen()];
    if (what === "stop" && !window.confirm(`Stop ${fit.title} after its round? All that is done is kept.`)) return;
    const answer = await fetch("ask", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ store: Number(chosen()), ...requests[what] }),
    });
    place("answer").textContent = (await answer.json()).words;
  }

  for (const button of document.querySelectorAll("[data-ask]")) {
    button.addEventListener("click", () => ask(button.dataset.ask));
  }
  window.addEventListener("hashchange", () => { show(); listen(); });
  listen();
})();
