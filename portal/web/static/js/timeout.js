// Idle time: at 25 minutes a warning, at 30 the session ends and the login page leads back here. Times come from the
// server (body data-idle, data-warn, seconds). Activity in one tab counts for all: only a time stamp is shared.

const body = document.body;
const IDLE = Number(body.dataset.idle) * 1000, WARN = Number(body.dataset.warn) * 1000;
const CHECK = 5000, PING = 4 * 60 * 1000; // ms
const SHARED = "portal:active";
let active = Date.now(), pinged = Date.now(), dialog = null, back = null, said = 0, over = false;

function lastActive() {
  return Math.max(active, Number(localStorage.getItem(SHARED) || 0));
}

function signOutForm() {
  return document.querySelector("form[data-sign-out]");
}

function post(url) {
  const form = signOutForm();
  return fetch(url, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" });
}

function note() {
  if (dialog || over) return;
  active = Date.now();
  localStorage.setItem(SHARED, String(active));
  if (active - pinged >= PING) ping();
}

function ping() {
  pinged = Date.now();
  post(body.dataset.ping).catch(() => { pinged = 0; });
}

function goOn() {
  close();
  note();
  ping();
}

function close() {
  if (!dialog) return;
  dialog.remove();
  dialog = null;
  if (back && back.focus) back.focus();
}

function saveAndLeave() {
  document.dispatchEvent(new Event("portal:flush"));
  setTimeout(() => { const form = signOutForm(); form.requestSubmit ? form.requestSubmit() : form.submit(); }, 800);
}

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function warn() {
  back = document.activeElement;
  document.dispatchEvent(new Event("portal:flush"));
  const text = element("p", { id: "idle-text" }, "为保护信息，" + Math.round((IDLE - WARN) / 60000) + " 分钟内没有操作将自动退出。已填写的内容已保存。");
  const stay = element("button", { type: "button", className: "btn btn-primary" }, "继续填写");
  const leave = element("button", { type: "button", className: "btn btn-outline-primary" }, "保存并退出");
  const live = element("p", { className: "visually-hidden", id: "idle-live" });
  live.setAttribute("role", "status");
  const box = element("div", { className: "dialog" }, element("h2", { id: "idle-title" }, "登录即将超时"), text,
    element("div", { className: "buttons" }, stay, leave), live);
  box.setAttribute("role", "alertdialog");
  box.setAttribute("aria-modal", "true");
  box.setAttribute("aria-labelledby", "idle-title");
  box.setAttribute("aria-describedby", "idle-text");
  dialog = element("div", { className: "dialog-back" }, box);
  stay.addEventListener("click", goOn);
  leave.addEventListener("click", saveAndLeave);
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "Escape") goOn();
    if (event.key === "Tab") {
      event.preventDefault();
      (document.activeElement === stay ? leave : stay).focus();
    }
  });
  body.append(dialog);
  stay.focus();
  said = 5;
}

function announce(left) {
  const minutes = Math.ceil(left / 60000);
  if (minutes < said && (minutes === 2 || minutes === 1)) {
    said = minutes;
    document.getElementById("idle-live").textContent = "还有 " + minutes + " 分钟自动退出";
  }
}

function expire() {
  over = true;
  const login = body.dataset.login + "?expired=1&next=" + encodeURIComponent(location.pathname + location.search);
  const go = () => { location.href = login; };
  post(signOutForm().action).then(go, go);
}

function check() {
  if (over) return;
  const idle = Date.now() - lastActive();
  if (idle >= IDLE) expire();
  else if (idle >= WARN && !dialog) warn();
  else if (idle < WARN && dialog) close();
  else if (dialog) announce(IDLE - idle);
}

if (IDLE && signOutForm()) {
  localStorage.setItem(SHARED, String(active));
  ["keydown", "pointerdown", "input"].forEach((name) => document.addEventListener(name, note, { passive: true }));
  setInterval(check, CHECK);
  document.addEventListener("visibilitychange", check);
}
