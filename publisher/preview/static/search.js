// Search of a site without a server. The page lists every article; this keeps those with every
// word of the query (or, where none has, with any), the best first, and marks the words.
// It counts as the server does: publisher/helpcenter/reader/find.py.
"use strict";

const IN_TITLE = 12;
const IN_DESCRIPTION = 4;
const MOST_IN_BODY = 5;
const MOST_HITS = 30;
const EXCERPT = 200;
const LEAD = 60;
const LONGEST_QUERY = 200;

const everything = document.getElementById("everything");
const list = everything.querySelector("ol");
const field = document.querySelector(".search input");
const told = document.querySelector("h1.told");
const asking = told ? told.textContent : "";
const besides = [...document.querySelectorAll("main .lead, main .cards")];

const letters = /[\p{L}\p{N}\p{M}_]+/gu;
const accents = /(?![\u3099\u309a])\p{M}/gu; // those two make another letter of a kana
const fold = (text) =>
  text.normalize("NFKD").replace(accents, "").toLowerCase().replace(/ß/g, "ss");

const texts = typeof publisherTexts === "undefined" ? [] : publisherTexts;
const articles = [...list.children].map((item, number) => {
  const title = item.querySelector("h2");
  const excerpt = item.querySelector("p");
  const said = { title: title.textContent, description: excerpt.textContent };
  const body = texts[number] || "";
  const folded = { title: fold(said.title), description: fold(said.description), body: fold(body) };
  return { item, title, excerpt, said, body, folded };
});

function closeness(folded, term) {
  if (!folded.includes(term)) return 0;
  const words = folded.match(letters) || [];
  if (words.includes(term)) return 1;
  return words.some((word) => word.startsWith(term)) ? 0.7 : 0.4;
}

function score(folded, term) {
  const inBody = Math.min(folded.body.split(term).length - 1, MOST_IN_BODY);
  const inTitle = closeness(folded.title, term) * IN_TITLE;
  return inTitle + closeness(folded.description, term) * IN_DESCRIPTION + inBody;
}

// Where terms stand in a text as it is written, though they are compared folded.
function spots(text, terms) {
  let folded = "";
  const origin = [];
  let place = 0;
  for (const letter of text) {
    const part = fold(letter);
    for (let n = 0; n < part.length; n++) origin.push([place, place + letter.length]);
    folded += part;
    place += letter.length;
  }
  const found = [];
  for (const term of terms) {
    for (let at = folded.indexOf(term); at >= 0; at = folded.indexOf(term, at + term.length)) {
      found.push([origin[at][0], origin[at + term.length - 1][1]]);
    }
  }
  found.sort((one, other) => one[0] - other[0] || other[1] - one[1]);
  return found.filter(([start], n) => !found.slice(0, n).some(([, end]) => start < end));
}

function show(element, text, terms) {
  element.replaceChildren();
  let done = 0;
  for (const [start, end] of spots(text, terms)) {
    const mark = document.createElement("mark");
    mark.textContent = text.slice(start, end);
    element.append(text.slice(done, start), mark);
    done = end;
  }
  element.append(text.slice(done));
}

function excerptOf(article, terms) {
  const inBody = terms.some((term) => article.folded.body.includes(term));
  const text = inBody || !article.said.description ? article.body : article.said.description;
  const first = spots(text, terms)[0];
  let start = Math.max((first ? first[0] : 0) - LEAD, 0);
  if (start) start = text.indexOf(" ", start) + 1 || start;
  const whole = text.slice(start, start + EXCERPT);
  const cut = start + EXCERPT < text.length;
  const space = cut ? whole.lastIndexOf(" ") : -1;
  const shown = space > EXCERPT / 2 ? whole.slice(0, space) : whole;
  return (start ? "… " : "") + shown + (cut ? " …" : "");
}

function found(terms) {
  const rows = articles.map((article) => {
    const scores = terms.map((term) => score(article.folded, term));
    const every = scores.every((each) => each > 0);
    return { article, every, sum: scores.reduce((sum, each) => sum + each, 0) };
  });
  const all = rows.filter((row) => row.every);
  const hits = all.length ? all : rows.filter((row) => row.sum > 0);
  const byTitle = (one, other) =>
    one.article.folded.title < other.article.folded.title ? -1 : 1;
  hits.sort((one, other) => other.sum - one.sum || byTitle(one, other));
  return hits.slice(0, MOST_HITS).map((row) => row.article);
}

function tell(count, query) {
  if (!told) return;
  const words = everything.dataset;
  const text = count ? (count === 1 ? words.result : words.results) : words.none;
  told.textContent = text.replace("{n}", count).replace("{query}", () => query);
}

function search() {
  const query = field.value.slice(0, LONGEST_QUERY).trim().replace(/\s+/g, " ");
  const terms = [...new Set(fold(query).match(letters) || [])];
  const hits = terms.length ? found(terms) : articles;
  for (const article of articles) {
    show(article.title, article.said.title, []);
    show(article.excerpt, article.said.description, []);
  }
  for (const article of terms.length ? hits : []) {
    show(article.title, article.said.title, terms);
    show(article.excerpt, excerptOf(article, terms), terms);
  }
  list.replaceChildren(...hits.map((article) => article.item));
  for (const part of besides) part.style.display = query ? "none" : "";
  if (query) tell(hits.length, query);
  else if (told) told.textContent = asking;
}

if (field) {
  field.value = new URLSearchParams(location.search).get("q") || "";
  field.addEventListener("input", search);
  field.closest("form").addEventListener("submit", (event) => {
    event.preventDefault();
    search();
  });
  search();
}
