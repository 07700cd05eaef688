// Saves a form while it is being filled in.
//
// Request:  POST data-autosave, urlencoded: version, changed (once per field name), and the values of those fields.
// Answers:  200 {version, saved_at: "10:42:15"} · 409 changed elsewhere · 423 {by, since, view_url, take_over_url}
//           422 {reason} closed · 401/403 signed out. Anything else is tried again. Autosave never shows validation errors.
// When:     3 s after typing stops, on leaving a field, every 30 s while something is unsaved, when the page is hidden,
//           and on the event portal:flush. Never while an input method is composing.
// Unsent text is kept in sessionStorage (not fields marked data-sensitive) until the server has it.

import { isComposing } from "./ime.js";

const PAUSE = 3000, EVERY = 30000, RETRY = 10000; // ms
const KEPT_OUT = new Set(["csrfmiddlewaretoken", "version", "operation", "then"]);

export function start(form) {
  const state = form.querySelector("[data-save-state]");
  const version = form.elements.namedItem("version");
  const key = "draft:" + (document.body.dataset.user || "") + ":" + location.pathname;
  let saved = read(), sending = false, again = false, pause = 0, retry = 0;

  function read() {
    const values = {};
    Array.from(form.elements).forEach((field) => {
      if (!field.name || KEPT_OUT.has(field.name) || field.type === "file" || field.type === "submit") return;
      values[field.name] = values[field.name] || [];
      if ((field.type === "checkbox" || field.type === "radio") && !field.checked) return;
      values[field.name].push(field.value);
    });
    return values;
  }

  function changed(now) {
    return Object.keys(now).filter((name) => JSON.stringify(now[name]) !== JSON.stringify(saved[name]));
  }

  function say(text, bad, ...actions) {
    state.textContent = text;
    state.classList.toggle("savestate-bad", Boolean(bad));
    actions.forEach((action) => state.append("　", action));
  }

  function action(label, act) {
    const button = document.createElement(typeof act === "string" ? "a" : "button");
    button.textContent = label;
    if (typeof act === "string") {
      button.href = act;
    } else {
      button.type = "button";
      button.className = "btn btn-link";
      button.addEventListener("click", act);
    }
    return button;
  }

  function isSensitive(name) {
    return Boolean(form.querySelector("[name='" + CSS.escape(name) + "'][data-sensitive]"));
  }

  function keep(names, now) {
    const values = {};
    names.filter((name) => !isSensitive(name)).forEach((name) => { values[name] = now[name]; });
    try {
      sessionStorage.setItem(key, JSON.stringify({ version: version ? version.value : "", values }));
    } catch (error) {
      // A full or forbidden storage loses only the second copy; the text still stands in the page.
    }
  }

  function restore() {
    const kept = JSON.parse(sessionStorage.getItem(key) || "null");
    if (!kept) return;
    Object.keys(kept.values).forEach((name) => {
      Array.from(form.querySelectorAll("[name='" + CSS.escape(name) + "']")).forEach((field) => {
        if (field.type === "checkbox" || field.type === "radio") field.checked = kept.values[name].includes(field.value);
        else if (kept.values[name].length) field.value = kept.values[name][0];
        field.dispatchEvent(new Event("input", { bubbles: true }));
      });
    });
    // The version that the text was written upon: if somebody saved since, the server shows both.
    if (version) version.value = kept.version;
    save();
  }

  function later(milliseconds) {
    clearTimeout(retry);
    retry = setTimeout(save, milliseconds);
  }

  async function save(options) {
    clearTimeout(pause);
    if (isComposing()) { pause = setTimeout(save, PAUSE); return; }
    const now = read(), names = changed(now);
    if (!names.length) return;
    if (sending) { again = true; return; }
    keep(names, now);
    const body = new URLSearchParams();
    if (version) body.append("version", version.value);
    names.forEach((name) => {
      body.append("changed", name);
      now[name].forEach((value) => body.append(name, value));
    });
    sending = true;
    say("正在保存……");
    try {
      const token = form.elements.namedItem("csrfmiddlewaretoken").value;
      const answer = await fetch(form.dataset.autosave, {
        method: "POST", body, headers: { "X-CSRFToken": token, Accept: "application/json" }, keepalive: Boolean(options && options.leaving),
      });
      await take(answer, names, now);
    } catch (error) {
      say("网络不通，内容暂存在本机，恢复后自动保存", true);
      later(RETRY);
    }
    sending = false;
    if (again) { again = false; save(); }
  }

  async function take(answer, names, now) {
    if (answer.ok) {
      const result = await answer.json();
      names.forEach((name) => { saved[name] = now[name]; });
      if (version && result.version !== undefined) version.value = result.version;
      if (!changed(read()).length) sessionStorage.removeItem(key);
      say("已自动保存　" + result.saved_at);
    } else if (answer.status === 409) {
      say("此部分已在另一窗口修改", true, action("查看差异", () => form.requestSubmit ? form.requestSubmit() : form.submit()));
    } else if (answer.status === 423) {
      const lock = await answer.json();
      say("已锁定：" + lock.by + "正在填写（" + lock.since + " 起）", true, action("只读查看", lock.view_url), action("接手填写", lock.take_over_url));
    } else if (answer.status === 422) {
      say((await answer.json()).reason, true);
    } else if (answer.status === 401 || answer.status === 403) {
      const login = (document.body.dataset.login || "/login/") + "?expired=1&next=" + encodeURIComponent(location.pathname + location.search);
      say("已自动退出，内容暂存在本机", true, action("重新登录", login));
    } else {
      say("保存失败，10 秒后重试", true, action("立即重试", () => save()));
      later(RETRY);
    }
  }

  form.addEventListener("input", () => { clearTimeout(pause); pause = setTimeout(save, PAUSE); });
  form.addEventListener("change", () => { clearTimeout(pause); pause = setTimeout(save, PAUSE); });
  form.addEventListener("focusout", () => save());
  form.addEventListener("submit", () => { clearTimeout(pause); clearTimeout(retry); sessionStorage.removeItem(key); });
  setInterval(save, EVERY);
  addEventListener("online", () => save());
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save({ leaving: true }); });
  document.addEventListener("portal:flush", () => save());
  restore();
}
