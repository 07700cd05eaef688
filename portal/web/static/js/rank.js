// Ordering by dragging, by number and undo; what the form cannot do without scripts. The server decides and says
// who stands where (role=status). Steps back: the last 20 orders of this session.

const form = document.querySelector("form[data-rank]");
const KEY = "rank:" + location.pathname;
const STEPS_BACK = 20;

function numbers() {
  return Array.from(form.querySelectorAll("tr[data-number]")).map((row) => row.dataset.number);
}

function past() {
  return JSON.parse(sessionStorage.getItem(KEY) || "[]");
}

function remember(order) {
  sessionStorage.setItem(KEY, JSON.stringify(past().concat([order]).slice(-STEPS_BACK)));
}

function send(order, moved) {
  form.elements.namedItem("order").value = order.join(",");
  form.elements.namedItem("moved").value = moved || "";
  form.submit();
}

const before = form ? numbers() : [];

if (form) {
  form.addEventListener("submit", () => remember(before));

  form.querySelectorAll("input[name^='rank_']").forEach((input) => {
    const old = input.value;
    const go = () => { if (input.value !== old) { remember(before); form.submit(); } };
    input.addEventListener("change", go);
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.isComposing) { event.preventDefault(); go(); }
    });
  });

  const undo = form.querySelector("[data-undo]");
  if (undo && past().length) {
    undo.hidden = false;
    undo.addEventListener("click", () => {
      const orders = past();
      const last = orders.pop();
      sessionStorage.setItem(KEY, JSON.stringify(orders));
      send(last, "");
    });
  }

  addEventListener("load", () => {
    if (!window.Sortable) return;
    window.Sortable.create(form.querySelector("tbody"), {
      draggable: "tr[data-number]",
      filter: "input, button, a",
      preventOnFilter: false,
      animation: 0,
      onEnd(event) {
        const order = numbers();
        if (order.join() === before.join()) return;
        remember(before);
        send(order, event.item.dataset.number);
      },
    });
    const moved = location.hash.startsWith("#row-") && document.getElementById(location.hash.slice(1));
    if (moved) moved.focus();
  });
}
