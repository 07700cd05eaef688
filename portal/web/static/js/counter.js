// Characters left in a field: 还可以写 73 字, 已超出 27 字. Nothing is ever cut off.
// The rule is portal/web/text.py; tests/web/counting.json holds both to it.

const BLANK = "[\\t\\n\\v\\f\\r \\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff]+";
const EDGES = new RegExp("^" + BLANK + "|" + BLANK + "$", "g");
const ANNOUNCE_AFTER = 1000; // ms without typing

export function normalize(text) {
  return text.replace(/\r\n?/g, "\n").replace(EDGES, "");
}

export function count(text) {
  return Array.from(normalize(text)).length;
}

export function words(length, limit) {
  return length > limit ? "已超出 " + (length - limit) + " 字" : "还可以写 " + (limit - length) + " 字";
}

function watch(field) {
  const limit = Number(field.dataset.limit);
  const shown = document.getElementById(field.id + "_counter");
  if (!shown || !limit) return;
  const spoken = document.createElement("span");
  spoken.className = "visually-hidden";
  spoken.setAttribute("role", "status");
  shown.after(spoken);
  let timer = 0;
  const update = () => {
    const length = count(field.value);
    shown.textContent = words(length, limit);
    shown.classList.toggle("counter-over", length > limit);
    return shown.textContent;
  };
  field.addEventListener("input", () => {
    const text = update();
    clearTimeout(timer);
    timer = setTimeout(() => { spoken.textContent = text; }, ANNOUNCE_AFTER);
  });
  update();
}

export function start(root) {
  root.querySelectorAll("[data-limit]").forEach(watch);
}
