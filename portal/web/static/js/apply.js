// The application form: fields that are asked for only after a certain answer, and the sums of the budget.
//
// Without scripts every field is shown and the server adds up when the page is saved.

function conditional(form) {
  const source = document.getElementById("conditions");
  if (!source) return;
  const conditions = JSON.parse(source.textContent);

  function answer(name) {
    const field = form.elements.namedItem(name);
    return field ? field.value : "";
  }

  function apply() {
    form.querySelectorAll("[data-when]").forEach((box) => {
      const wanted = conditions[box.dataset.when];
      box.hidden = !Object.keys(wanted).some((name) => wanted[name].includes(answer(name)));
    });
  }

  form.addEventListener("change", apply);
  apply();
}

// Amounts are added up in fen, so that no cent is lost to binary fractions.
function fen(text) {
  const plain = text.normalize("NFKC").replace(/[\s,]/g, "");
  const found = /^(\d{1,9})(?:\.(\d{1,2}))?$/.exec(plain);
  return found ? Number(found[1]) * 100 + Number((found[2] || "").padEnd(2, "0")) : 0;
}

function words(sum) {
  const whole = Math.floor(sum / 100).toString().replace(/\B(?=(\d{3})+$)/g, ",");
  return whole + "." + String(sum % 100).padStart(2, "0") + " 万元";
}

function budget(form) {
  const expenses = form.querySelector("[data-sum='expenses']");
  const sources = form.querySelector("[data-sum='sources']");
  if (!expenses || !sources) return;

  function add() {
    const amounts = Array.from(form.querySelectorAll("[data-amount]"));
    expenses.textContent = words(amounts.reduce((sum, input) => sum + fen(input.value), 0));
    const names = ["from_cast", "from_host", "from_other"];
    sources.textContent = words(names.reduce((sum, name) => sum + fen((form.elements.namedItem(name) || { value: "" }).value), 0));
  }

  form.addEventListener("input", add);
}

document.querySelectorAll("main form").forEach((form) => {
  conditional(form);
  budget(form);
});
