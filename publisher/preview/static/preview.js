/* Keeps an open page current, and opens the panel beside it. Every page works without this file.

   A page asks for itself again when something changed, and takes over only what differs: scroll
   position, open folds, focus and playing videos stay. It listens only while it is seen, since a
   browser keeps few connections to one host; what it missed it is told when it comes back. */

(() => {
  "use strict";

  const byId = (id) => document.getElementById(id);
  const framed = window.top !== window;

  // A page in the width of a phone: the links around it lead to where the page has gone ----------

  const frame = document.querySelector(".writer-frame");
  if (frame) {
    const follow = () => {
      const { pathname, search } = frame.contentWindow.location;
      if (!pathname.startsWith("/")) return;
      for (const link of document.querySelectorAll("[data-width]")) {
        const query = new URLSearchParams({ width: link.dataset.width, to: pathname + search });
        link.href = link.dataset.width ? `/-/frame?${query}` : pathname + search;
      }
    };
    frame.addEventListener("load", follow);
    setInterval(follow, 1000); // a page that moves does so without loading
    return;
  }

  const bar = () => byId("writer-bar");
  if (!bar()) return;
  if (framed) bar().hidden = true;

  // What is remembered --------------------------------------------------------------------------

  const STORE = "publisher.preview";
  const remembered = () => {
    try {
      return JSON.parse(localStorage.getItem(STORE)) || {};
    } catch {
      return {};
    }
  };
  const remember = (values) => {
    try {
      localStorage.setItem(STORE, JSON.stringify({ ...remembered(), ...values }));
    } catch {
      // A browser that keeps nothing forgets the panel; that is all.
    }
  };

  // Taking over what differs --------------------------------------------------------------------

  const KEPT = new Set(["writer-panel", "writer-news"]);
  const OURS = new Set(["writer-fresh"]);
  const isOurs = (node) => node.nodeType === 1 && (KEPT.has(node.id) || node.classList.contains("writer-bar-when"));
  // The site's own script puts a block of code into a frame with a button.
  const isWrapped = (live, fresh) => live.nodeName === "DIV" && live.className === "code" && fresh.nodeName === "PRE";
  const inner = (node) => (node.nodeType === 1 && node.nodeName === "DIV" && node.className === "code" ? node.querySelector("pre") || node : node);
  const UNTOLD = / open="[^"]*"| class="writer-fresh"| writer-fresh/g;
  const UNTOLD_IN_CONTENTS = / (open|aria-current)="[^"]*"| class="writer-fresh"| writer-fresh/g;
  const print = (node) => {
    if (node.nodeType !== 1) return `${node.nodeType}${node.data}`;
    const kept = node.matches(".contents, .contents *") || node.querySelector(".contents") ? UNTOLD_IN_CONTENTS : UNTOLD;
    return inner(node).outerHTML.replace(kept, "");
  };
  const isState = (node, name) => (name === "open" && node.nodeName === "DETAILS") || (name === "aria-current" && node.closest(".contents"));

  const takeAttributes = (live, fresh) => {
    let changed = false;
    for (const { name, value } of fresh.attributes) {
      if (isState(live, name) || live.getAttribute(name) === value) continue;
      live.setAttribute(name, value);
      changed = true;
    }
    for (const { name } of [...live.attributes]) {
      if (fresh.hasAttribute(name) || isState(live, name)) continue;
      if (name === "class" && [...live.classList].every((each) => OURS.has(each))) continue;
      live.removeAttribute(name);
      changed = true;
    }
    return changed;
  };

  const take = (live, fresh, news) => {
    live = inner(live);
    if (live.nodeType !== fresh.nodeType || live.nodeName !== fresh.nodeName) {
      live.replaceWith(fresh);
      news.push(fresh);
    } else if (live.nodeType !== 1) {
      if (live.data === fresh.data) return;
      live.data = fresh.data;
      news.push(live.parentElement);
    } else {
      if (takeAttributes(live, fresh)) news.push(live);
      takeChildren(live, fresh, news);
    }
  };

  // The longest row of children that both have in the same order, as pairs of places.
  const common = (a, b) => {
    if (a.length * b.length > 250000) return [];
    const lengths = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
    for (let i = a.length - 1; i >= 0; i--) {
      for (let j = b.length - 1; j >= 0; j--) {
        lengths[i][j] = a[i] === b[j] ? lengths[i + 1][j + 1] + 1 : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
      }
    }
    const pairs = [];
    for (let i = 0, j = 0; i < a.length && j < b.length; ) {
      if (a[i] === b[j]) pairs.push([i++, j++]);
      else if (lengths[i + 1][j] >= lengths[i][j + 1]) i++;
      else j++;
    }
    return pairs;
  };

  const takeChildren = (live, fresh, news) => {
    const olds = [...live.childNodes].filter((node) => !isOurs(node));
    const news_ = [...fresh.childNodes].filter((node) => !isOurs(node));
    const a = olds.map(print);
    const b = news_.map(print);
    let start = 0;
    while (start < a.length && start < b.length && a[start] === b[start]) start++;
    let end = 0;
    while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
    const pairs = common(a.slice(start, a.length - end), b.slice(start, b.length - end));
    pairs.push([a.length - end - start, b.length - end - start]);
    let [i, j] = [start, start];
    for (const [toA, toB] of pairs) {
      takeGap(live, olds.slice(i, start + toA), news_.slice(j, start + toB), olds[start + toA] || null, news);
      [i, j] = [start + toA + 1, start + toB + 1];
    }
  };

  const fits = (old, node) => (old.nodeName === node.nodeName || isWrapped(old, node)) && (old.id || "") === (node.id || "");

  const takeGap = (parent, olds, nodes, before, news) => {
    for (const node of nodes) {
      const place = olds.findIndex((old) => fits(old, node));
      if (place < 0) {
        parent.insertBefore(node, olds[0] || before);
        news.push(node);
        continue;
      }
      for (const old of olds.splice(0, place)) old.remove();
      take(olds.shift(), node, news);
    }
    for (const old of olds) old.remove();
  };

  // What stands in the window must not move, whatever happens above it.
  const holdStill = (change) => {
    const marks = "h1, h2, h3, h4, p, li, pre, tr, figure, summary, img, a";
    const seen = [];
    if (window.scrollY > 0) {
      for (const each of byId("page-main").querySelectorAll(marks)) {
        const { top, bottom, height } = each.getBoundingClientRect();
        if (height && bottom > 0) seen.push([each, top]);
        if (top > innerHeight || seen.length > 60) break;
      }
    }
    change();
    const still = seen.find(([each]) => each.isConnected && each.getClientRects().length);
    if (!still) return;
    const moved = still[0].getBoundingClientRect().top - still[1];
    if (moved) window.scrollBy({ top: moved, behavior: "instant" });
  };

  const swap = (page) => {
    const news = [];
    const own = page.getElementById("writer-bar");
    if (framed && own) own.hidden = true;
    document.title = page.title;
    takeAttributes(document.documentElement, page.documentElement);
    const panel = page.getElementById("writer-panel");
    if (panel && !byId("writer-panel")) bar().before(panel);
    else if (!panel) byId("writer-panel")?.remove();
    holdStill(() => {
      takeAttributes(document.body, page.body);
      takeChildren(document.body, page.body, news);
    });
    showOpen();
    const main = byId("page-main");
    const fresh = new Set(news.filter((node) => node.nodeType === 1 && main.contains(node) && node !== main));
    for (const node of fresh) glow(node);
    document.dispatchEvent(new CustomEvent("preview:swapped", { detail: { changed: [...fresh] } }));
    return news.length > 0;
  };

  const glow = (node) => {
    node.classList.remove("writer-fresh");
    node.classList.add("writer-fresh");
    setTimeout(() => {
      node.classList.remove("writer-fresh");
      if (!node.className) node.removeAttribute("class");
    }, 1700);
  };

  // Asking for the page again -------------------------------------------------------------------

  let asking = false;
  let askAgain = false;
  let epoch = Number(bar().dataset.epoch);
  let run = bar().dataset.run;

  const refresh = async () => {
    if (asking) {
      askAgain = true;
      return;
    }
    asking = true;
    try {
      do {
        askAgain = false;
        await renew();
      } while (askAgain);
    } catch {
      lose(); // the server is gone in the middle
    } finally {
      asking = false;
    }
  };

  const renew = async () => {
    const answer = await fetch(location.pathname + location.search, { cache: "no-cache" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const sentence = page.getElementById("writer-sentence");
    if (sentence) {
      say(sentence.textContent);
      return;
    }
    const fresh = page.getElementById("writer-bar");
    if (!fresh) return;
    if (versions(page) !== versions(document)) {
      location.reload();
      return;
    }
    if (answer.redirected) {
      const { pathname, search } = new URL(answer.url);
      history.replaceState(history.state, "", pathname + search + location.hash);
    }
    epoch = Math.max(fresh.dataset.run === run ? epoch : 0, Number(fresh.dataset.epoch));
    run = fresh.dataset.run;
    if (swap(page)) say("Updated just now");
    if (isOpen()) showTab();
  };

  const versions = (page) => [...page.querySelectorAll('link[rel="stylesheet"], script[src]')].map((each) => each.getAttribute("href") || each.getAttribute("src")).join();

  // Saying so -----------------------------------------------------------------------------------

  let quiet = 0;
  const say = (sentence) => {
    bar().querySelector(".writer-bar-when").textContent = sentence;
    byId("writer-news").textContent = sentence;
    clearTimeout(quiet);
    const time = new Date().toLocaleTimeString("en-GB");
    quiet = setTimeout(() => {
      bar().querySelector(".writer-bar-when").textContent = sentence === "Updated just now" ? `Updated at ${time}` : sentence;
    }, 8000);
  };

  // Hearing of changes --------------------------------------------------------------------------

  let source = null;
  let lost = 0;

  const listen = () => {
    if (source || document.visibilityState === "hidden") return;
    source = new EventSource(`/-/events?${new URLSearchParams({ epoch, run })}`);
    source.addEventListener("open", () => {
      if (lost) say("Connected again");
      lost = 0;
      bar().classList.remove("is-gone");
    });
    source.addEventListener("update", (event) => {
      epoch = JSON.parse(event.data).epoch;
      refresh();
    });
    source.addEventListener("error", lose);
  };

  const stop = () => {
    source?.close();
    source = null;
  };

  const lose = () => {
    stop();
    lost += 1;
    if (lost === 2) {
      say("The preview has ended. Start it again: publisher preview");
      bar().classList.add("is-gone");
    }
    setTimeout(listen, Math.min(400 * lost, 3000));
  };

  document.addEventListener("visibilitychange", () => (document.visibilityState === "hidden" ? stop() : listen()));
  addEventListener("pagehide", stop);
  addEventListener("pageshow", (event) => event.persisted && listen());
  listen();

  // The panel -----------------------------------------------------------------------------------

  const panel = () => byId("writer-panel");
  const isOpen = () => Boolean(panel()) && !panel().hidden;
  let wanted = { tab: panel()?.dataset.tab || remembered().tab || "findings", target: panel()?.dataset.target || remembered().target || "" };
  let asked = 0;

  const showOpen = () => {
    const toggle = byId("writer-toggle");
    if (toggle) toggle.setAttribute("aria-expanded", String(isOpen()));
  };

  const open = (tab) => {
    if (!panel()) return;
    if (tab) wanted = { ...wanted, tab };
    panel().hidden = false;
    remember({ open: true, ...wanted });
    showOpen();
    showTab();
  };

  const close = () => {
    if (!isOpen()) return;
    const inside = panel().contains(document.activeElement);
    panel().hidden = true;
    remember({ open: false });
    showOpen();
    if (inside) byId("writer-toggle").focus();
  };

  const showTab = async () => {
    const own = ++asked;
    const { kind, id, locale } = bar().dataset;
    const place = byId("writer-content");
    const query = new URLSearchParams({ locale, ...wanted });
    place.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(`/-/panel/${kind}/${id}?${query}`, { cache: "no-store" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (own !== asked || !place.isConnected) return;
      const sentence = page.getElementById("writer-sentence");
      const section = page.querySelector("section[data-tab]") || sentence;
      if (!section) return;
      const before = place.querySelector("section");
      if (before?.dataset.tab !== section.dataset.tab) place.scrollTop = 0;
      if (before) take(before, section, []); // so that the focus stays on its tab
      else place.replaceChildren(section);
      panel().dataset.tab = section.dataset.tab || "";
      document.dispatchEvent(new CustomEvent("preview:panel", { detail: { panel: panel() } }));
    } catch {
      // The bar says when the server is gone.
    } finally {
      place.removeAttribute("aria-busy");
    }
  };

  const wide = (pixels) => {
    const width = Math.round(Math.min(Math.max(pixels, 280), innerWidth - 40));
    document.documentElement.style.setProperty("--writer-width", `${width}px`);
    byId("writer-edge")?.setAttribute("aria-valuenow", String(width));
    return width;
  };

  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.target.closest("#writer-toggle")) {
      event.preventDefault();
      if (isOpen()) close();
      else open();
      return;
    }
    const tab = event.target.closest("[data-panel-tab]");
    if (!tab || !panel()) return;
    event.preventDefault();
    open(tab.dataset.panelTab);
  });

  // panel.js asks so for another comparison.
  document.addEventListener("panel:show", (event) => {
    if (!panel()) return;
    event.preventDefault();
    wanted = { ...wanted, target: event.detail.target };
    open(event.detail.tab);
  });

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.target.id === "writer-toggle" && event.key === " ") {
      event.preventDefault();
      event.target.click();
    } else if (event.key === "Escape" && panel()?.contains(event.target)) {
      close();
    } else if (event.target.id === "writer-edge" && ["ArrowLeft", "ArrowRight"].includes(event.key)) {
      const step = event.key === "ArrowLeft" ? 24 : -24;
      remember({ width: wide(panel().offsetWidth + step) });
    } else if (event.key === "p" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey && panel()) {
      if (isOpen()) close();
      else open();
    }
  });

  document.addEventListener("pointerdown", (event) => {
    if (event.target.id !== "writer-edge") return;
    event.preventDefault();
    const edge = event.target;
    edge.setPointerCapture(event.pointerId);
    const drag = (move) => wide(innerWidth - move.clientX);
    edge.addEventListener("pointermove", drag);
    edge.addEventListener("lostpointercapture", () => {
      edge.removeEventListener("pointermove", drag);
      remember({ width: panel().offsetWidth });
    }, { once: true });
  });

  if (remembered().width) wide(remembered().width);
  if (remembered().open && !isOpen() && !framed) open();
  else showOpen();
})();
