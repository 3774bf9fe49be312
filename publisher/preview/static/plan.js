/* The plan page: filters at once, keeps itself current while it is served, fetches texts.

   Every change is in the page, so a filter only hides; the server hides by the same rule:
   a change that names no language concerns every one. */

(() => {
  "use strict";

  const plan = () => document.getElementById("plan");
  const asked = (search) => {
    const query = new URLSearchParams(search);
    return { verb: query.get("verb") || "", locale: query.get("locale") || "" };
  };
  let wanted = asked(location.search);

  const lets = (card, { verb, locale }) => {
    const locales = card.dataset.locales.split(" ").filter(Boolean);
    return (!verb || card.dataset.verb === verb) && (!locale || !locales.length || locales.includes(locale));
  };

  const filter = () => {
    const cards = [...plan().querySelectorAll(".change")];
    let shown = 0;
    for (const card of cards) {
      card.hidden = !lets(card, wanted);
      shown += card.hidden ? 0 : 1;
    }
    for (const group of plan().querySelectorAll(".group")) {
      group.hidden = !group.querySelector(".change:not([hidden])");
    }
    const nothing = document.getElementById("nothing");
    if (nothing) nothing.hidden = shown > 0;
    const showing = document.getElementById("showing");
    if (showing) showing.textContent = showing.textContent.trim().replace(/^\d+/, String(shown));
    for (const link of plan().querySelectorAll(".filters a")) mark(link);
  };

  const mark = (link) => {
    const name = "verb" in link.dataset ? "verb" : "locale";
    const own = { ...wanted, [name]: link.dataset[name] };
    if (own[name] === wanted[name]) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
    const query = new URLSearchParams(link.search);
    for (const [key, value] of Object.entries(own)) value ? query.set(key, value) : query.delete(key);
    link.href = `?${query}`;
  };

  const fetched = async (address) => {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  };

  const showText = async (link) => {
    const card = link.closest(".change");
    const page = await fetched(link.href);
    const found = [...page.querySelectorAll(".change")].find((each) => each.dataset.ref === card.dataset.ref);
    if (!found) { location.href = link.href; return; }
    card.replaceWith(found);
    const first = found.querySelector("details.sides > summary");
    if (first) { first.parentElement.open = true; first.focus({ preventScroll: true }); }
  };

  document.addEventListener("click", (event) => {
    if (event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const link = event.target.closest(".filters a, a.ask");
    if (!link) return;
    event.preventDefault();
    if (link.matches(".ask")) { showText(link).catch(() => { location.href = link.href; }); return; }
    wanted = asked(link.search);
    filter();
    try { history.replaceState(null, "", link.search || "?"); } catch { /* a file has no address to change */ }
  });

  /* Current: what differs is swapped, and what was open stays open. */

  const swap = (page) => {
    const fresh = page.getElementById("plan");
    const old = plan();
    if (!fresh || fresh.outerHTML === old.outerHTML) return;
    const open = new Set([...old.querySelectorAll("details[open]")].map((each) => each.dataset.keep));
    const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
    for (const each of fresh.querySelectorAll("details[data-keep]")) each.open = open.has(each.dataset.keep);
    document.title = page.title;
    old.replaceWith(fresh);
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  };

  const served = (page) => page.getElementById("plan-script")?.dataset ?? {};
  let { epoch, run } = served(document);
  let turn = 0;
  const bringUp = async (wait = 700) => {
    const mine = ++turn;
    let again = wait;
    try {
      const page = await fetched(location.href);
      if (mine !== turn) return;
      if (served(page).run !== run) ({ epoch, run } = served(page));
      swap(page);
    } catch { again = 5000; }
    if ("pending" in plan().dataset || again === 5000) {
      setTimeout(() => { if (mine === turn) bringUp(Math.min(wait * 1.5, 5000)); }, again);
    }
  };

  for (const filters of document.querySelectorAll(".filters[hidden]")) filters.hidden = false;
  if (wanted.verb || wanted.locale) filter();
  if ("live" in plan().dataset) {
    if ("pending" in plan().dataset) setTimeout(bringUp, 300);
    /* It listens only while it is seen: a plan of a help center far away costs requests there,
       and a browser keeps few connections to one host. What it missed it is told afterwards. */
    let source = null;
    const listen = () => {
      if (source || document.visibilityState === "hidden") return;
      source = new EventSource(`/-/events?${new URLSearchParams({ epoch, run })}`);
      source.addEventListener("update", (event) => {
        epoch = JSON.parse(event.data).epoch;
        bringUp();
      });
    };
    const stop = () => {
      source?.close();
      source = null;
    };
    document.addEventListener("visibilitychange", () => (document.visibilityState === "hidden" ? stop() : listen()));
    addEventListener("pagehide", stop);
    addEventListener("pageshow", (event) => event.persisted && listen());
    listen();
  }
})();
