// What every form page needs; autosave comes only where the form asks for it.

import { start as startCounters } from "./counter.js";
import { start as startErrors } from "./errors.js";

function showablePasswords(root) {
  root.querySelectorAll("[data-password]").forEach((box) => {
    const input = box.querySelector("input");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-outline-primary";
    const say = () => { button.textContent = input.type === "password" ? "显示密码" : "隐藏密码"; };
    button.addEventListener("click", () => {
      input.type = input.type === "password" ? "text" : "password";
      say();
    });
    input.form.addEventListener("submit", () => { input.type = "password"; });
    say();
    box.append(button);
  });
}

// A second click while the answer is on its way sends nothing twice.
function sendOnce(root) {
  root.querySelectorAll("form[method='post']:not([data-upload])").forEach((form) => {
    let sent = false;
    form.addEventListener("submit", (event) => {
      if (sent) event.preventDefault();
      sent = true;
    });
    addEventListener("pageshow", () => { sent = false; });
  });
}

startErrors(document);
startCounters(document);
showablePasswords(document);
sendOnce(document);
if (document.querySelector("form[data-upload]")) {
  import("./upload.js").then((module) => document.querySelectorAll("form[data-upload]").forEach(module.start));
}
if (document.querySelector("form[data-autosave]")) {
  import("./autosave.js").then((module) => module.start(document.querySelector("form[data-autosave]")));
}
