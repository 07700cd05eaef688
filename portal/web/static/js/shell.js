// The shell of every page: 关怀版 without a reload, and nothing left on the device after signing out.

function careToggle(form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    fetch(form.action, { method: "POST", redirect: "manual", headers: { "X-Passive": "1" } }).then(
      () => {
        const large = document.documentElement.classList.toggle("large");
        form.querySelector("button span").textContent = large ? "标准版" : "关怀版";
      },
      () => form.submit(),
    );
  });
}

export function forgetDrafts() {
  Object.keys(sessionStorage).filter((key) => key.startsWith("draft:")).forEach((key) => sessionStorage.removeItem(key));
}

document.querySelectorAll("form[data-care]").forEach(careToggle);
document.querySelectorAll("[data-print]").forEach((button) => button.addEventListener("click", () => window.print()));
document.querySelectorAll("form[data-sign-out]").forEach((form) => form.addEventListener("submit", forgetDrafts));
