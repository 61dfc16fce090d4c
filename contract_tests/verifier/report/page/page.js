"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const words = document.getElementById("words");
  const count = document.getElementById("count");
  const unfold = document.getElementById("unfold");
  const toggles = all(".toggles button");
  const groups = all(".matrix tbody");
  const findings = all(".finding");
  const text = new Map();
  let everything = false;

  const lowerText = (element) => {
    if (!text.has(element)) text.set(element, element.textContent.toLowerCase());
    return text.get(element);
  };

  const plural = (number, one, many) => `${number} ${number === 1 ? one : many}`;

  const fold = (group, open) => {
    group.querySelector(".fold").setAttribute("aria-expanded", String(open));
    group.classList.toggle("folded", !open);
  };

  const filter = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const tones = toggles.filter((each) => each.getAttribute("aria-pressed") === "true").map((each) => each.dataset.tone);
    const active = wanted.length > 0 || tones.length > 0;
    let rows = 0;
    for (const group of groups) {
      const head = lowerText(group.querySelector("th"));
      let left = 0;
      for (const row of all(".status", group)) {
        const here = head + " " + lowerText(row);
        const fits = wanted.every((word) => here.includes(word))
          && (tones.length === 0 || all("td", row).some((cell) => tones.includes(cell.dataset.tone)));
        row.hidden = !fits;
        left += fits;
      }
      group.hidden = left === 0;
      rows += left;
      fold(group, active || everything);
    }
    let shown = 0;
    for (const finding of findings) {
      const here = lowerText(finding.parentElement.querySelector("h3")) + " " + lowerText(finding);
      const fits = wanted.every((word) => here.includes(word)) && (tones.length === 0 || tones.includes(finding.dataset.tone));
      finding.hidden = !fits;
      shown += fits;
    }
    for (const place of all(".place")) place.hidden = !place.querySelector(".finding:not([hidden])");
    document.querySelector("#matrix .none").hidden = rows > 0;
    document.querySelector("#findings .none").hidden = shown > 0 || findings.length === 0;
    count.textContent = active ? `${plural(rows, "status", "statuses")}, ${plural(shown, "finding", "findings")}` : "";
  };

  const clear = () => {
    words.value = "";
    for (const each of toggles) each.setAttribute("aria-pressed", "false");
    filter();
  };

  words.addEventListener("input", filter);
  for (const each of toggles) {
    each.addEventListener("click", () => {
      each.setAttribute("aria-pressed", String(each.getAttribute("aria-pressed") !== "true"));
      filter();
    });
  }
  for (const group of groups) {
    const button = group.querySelector(".fold");
    button.addEventListener("click", () => fold(group, button.getAttribute("aria-expanded") !== "true"));
  }
  unfold.hidden = false;
  unfold.addEventListener("click", () => {
    everything = !everything;
    unfold.setAttribute("aria-expanded", String(everything));
    unfold.textContent = everything ? "Show operations only" : "Show every status";
    for (const group of groups) fold(group, everything);
  });
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      words.focus();
    } else if (event.key === "Escape" && (words.value || toggles.some((each) => each.getAttribute("aria-pressed") === "true"))) {
      clear();
    }
  });
  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    if (target.hidden || target.parentElement.hidden) clear();
    const closed = target.closest("details");
    if (closed) closed.open = true;
    target.scrollIntoView();
  };
  window.addEventListener("hashchange", reveal);
  filter();
  reveal();
})();
