// Comforts only: every page reads and works without this file.
"use strict";

const words = document.body.dataset;

// "/" puts the cursor into the search field, unless the reader is typing already.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const field = document.querySelector(".search input");
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
});

// The language menu closes as menus do.
const menu = document.querySelector(".switch");
if (menu) {
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

// A button to copy a block of code, where the browser lets us.
if (navigator.clipboard) {
  for (const block of document.querySelectorAll(".body pre")) {
    const frame = document.createElement("div");
    frame.className = "code";
    block.replaceWith(frame);
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = words.copy;
    frame.append(block, button);
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(block.innerText);
      button.textContent = words.copied;
      setTimeout(() => (button.textContent = words.copy), 2000);
    });
  }
}

// The table of contents follows the reader; the small one closes once it was used.
const links = new Map();
for (const link of document.querySelectorAll("aside.contents a")) {
  const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (heading) links.set(heading, link);
}
if (links.size) {
  const follow = () => {
    let current = null;
    for (const [heading, link] of links) {
      if (!current || heading.getBoundingClientRect().top < 140) current = link;
    }
    for (const link of links.values()) {
      if (link === current) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
  document.addEventListener("scroll", follow, { passive: true });
  follow();
}
const small = document.querySelector(".contents-small");
if (small) {
  small.addEventListener("click", (event) => {
    if (event.target.closest("a")) small.open = false;
  });
}

// On paper nothing is folded away.
addEventListener("beforeprint", () => {
  for (const fold of document.querySelectorAll(".body details:not(.video *)")) fold.open = true;
});
