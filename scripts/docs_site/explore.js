"use strict";
// The page "Explore": send an edited request to a mock on this machine. Answers are shown as text, and nothing is stored.
{
  const at = id => document.getElementById(id);
  const [address, key, call, shown] = ["address", "key", "call", "answer"].map(name => at(`explore-${name}`));
  const forms = [...document.querySelectorAll(".explore form")];
  const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

  function choose(id) {
    call.value = id;
    for (const form of forms) form.hidden = form.id !== id;
    shown.replaceChildren();
  }

  function chooseByAddress() {
    const wanted = at(decodeURIComponent(location.hash.slice(1)));
    choose(forms.includes(wanted) ? wanted.id : call.value);
  }

  function add(tag, text, label) {
    const made = document.createElement(tag);
    made.textContent = text;
    if (label) {
      made.tabIndex = 0; // a long text scrolls, also with the keyboard
      made.setAttribute("role", "region");
      made.setAttribute("aria-label", label);
    }
    shown.append(made);
  }

  /** Return the address of the request, or throw an error that says what to change. */
  function build(form) {
    const base = URL.canParse(address.value) ? new URL(address.value) : null;
    if (!base || base.protocol !== "http:" || !LOOPBACK.test(base.hostname) || base.username || base.password)
      throw new Error("Nothing was sent: the address must be one of this machine, such as http://127.0.0.1:4010.");
    const inputs = [...form.querySelectorAll("input")];
    let path = form.dataset.path;
    for (const each of inputs.filter(each => each.dataset.place === "path")) {
      if (!each.value || /^\.\.?$/.test(each.value)) throw new Error(`Nothing was sent: ${each.name} needs a value.`);
      path = path.replaceAll(`{${each.name}}`, () => encodeURIComponent(each.value));
    }
    const url = new URL(base.origin + path);
    for (const each of inputs.filter(each => each.dataset.place === "query" && each.value))
      url.searchParams.append(each.name, each.value);
    if (url.origin !== base.origin) throw new Error("Nothing was sent: the path leads to another host.");
    return url;
  }

  function read(form) {
    const headers = {Authorization: `Bearer ${key.value}`};
    for (const each of form.querySelectorAll("input[data-place=header]")) if (each.value) headers[each.name] = each.value;
    try {
      new Headers(headers);
    } catch {
      throw new Error("Nothing was sent: the key, or a header, has a character that HTTP does not allow.");
    }
    const body = form.querySelector("textarea")?.value;
    if (body === undefined) return {headers};
    try {
      JSON.parse(body);
    } catch (error) {
      throw new Error(`Nothing was sent: the body is not JSON. ${error.message}`);
    }
    return {headers: {...headers, "Content-Type": "application/json"}, body};
  }

  /** Return JSON in lines, with its numbers as they were written; another text stays as it is. */
  function indent(text) {
    try {
      JSON.parse(text);
    } catch {
      return text;
    }
    let depth = 0;
    const line = () => `\n${"  ".repeat(depth)}`;
    return text.replace(/"(?:[^"\\]|\\.)*"|[{[]\s*[}\]]|[{}[\],:]|\s+/g, token => {
      if (token[0] === '"') return token;
      if (!token.trim()) return "";
      if (token.length > 1) return token[0] + token.at(-1);
      if ("{[".includes(token)) return depth++, token + line();
      if ("}]".includes(token)) return depth--, line() + token;
      return token === "," ? token + line() : ": ";
    });
  }

  async function send(event) {
    event.preventDefault();
    shown.replaceChildren();
    let url;
    try {
      url = build(event.target);
      const options = {method: event.target.dataset.method, ...read(event.target)};
      const safe = {credentials: "omit", redirect: "error", cache: "no-store", referrerPolicy: "no-referrer"};
      const response = await fetch(url, {...options, ...safe});
      const text = await response.text();
      shown.replaceChildren();
      add("h2", `${response.status} ${response.statusText}`.trim());
      add("pre", [...response.headers].map(([name, value]) => `${name}: ${value}`).join("\n"), "Headers");
      add("pre", indent(text) || "(no body)", "Body");
    } catch (error) {
      shown.replaceChildren();
      const broken = error instanceof TypeError && url;
      add("p", broken ? `No answer from ${url.origin}. Is the mock running? Start it with: make mock` : error.message);
    }
  }

  for (const form of forms) form.addEventListener("submit", send);
  call.addEventListener("change", () => choose(call.value));
  addEventListener("hashchange", chooseByAddress);
  // The mock serves this site below /docs/: it is then the mock to send to.
  if (LOOPBACK.test(location.hostname) && location.pathname.startsWith("/docs/")) address.value = location.origin;
  chooseByAddress();
}
