// A meeting's page keeps itself up to date: every five seconds it asks for a few bytes and reads itself anew when they
// have changed, never while something typed is unsent. Scores not yet sent stay in this tab's storage. Without scripts
// the page works the same, after a reload by hand.

const EVERY = 5000; // ms
const OFFLINE = "网络不通，您的评分已记在本机，请勿关闭页面。";
const root = document.querySelector("[data-meeting]");
const news = document.querySelector("[data-meeting-news]");
const form = document.querySelector("form[data-score]");
const said = document.querySelector("[data-score-state]");
const key = form && "draft:" + (document.body.dataset.user || "") + ":" + form.dataset.score;
let lost = false;

function chosen() {
  const values = {};
  form.querySelectorAll(".scale input:checked").forEach((input) => { values[input.name] = input.value; });
  return values;
}

const begun = form && JSON.stringify(chosen());

function dirty() {
  return Boolean(form) && JSON.stringify(chosen()) !== begun;
}

function say(text, bad) {
  if (!said) return;
  said.textContent = text;
  said.classList.toggle("savestate-bad", Boolean(bad));
}

function keep() {
  sessionStorage.setItem(key, JSON.stringify(chosen()));
  say(lost ? OFFLINE : "未提交", lost);
}

function restore() {
  const kept = JSON.parse(sessionStorage.getItem(key) || "{}");
  form.querySelectorAll(".scale input").forEach((input) => { if (kept[input.name] === input.value) input.checked = true; });
  if (dirty()) say("已恢复本机记下的评分，还没有提交", true);
  else sessionStorage.removeItem(key);
}

function hold(event) {
  if (!lost) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  say(OFFLINE, true);
}

function tell() {
  const link = document.createElement("a");
  link.href = location.pathname;
  link.textContent = "刷新页面";
  news.textContent = "会议情况有变化。请先提交评分，再";
  news.append(link, "。");
  news.hidden = false;
}

function look() {
  fetch(root.dataset.meeting, { headers: { "X-Passive": "1" }, cache: "no-store" })
    .then((answer) => (answer.ok ? answer.json() : { token: root.dataset.token }))
    .then((answer) => {
      if (lost) say(dirty() ? "网络已恢复，请提交评分" : "");
      lost = false;
      if (answer.token === root.dataset.token) return;
      if (dirty()) tell();
      else location.reload();
    })
    .catch(() => {
      lost = true;
      if (form) keep();
    });
}

function count(clock) {
  const ends = clock.dataset.left.split(" ").map((seconds) => Date.now() + Number(seconds) * 1000);
  const labels = ["陈述", "提问"];
  const tick = () => {
    const place = ends.findIndex((end) => end > Date.now());
    if (place < 0) {
      clock.textContent = "时间已到，请终止答辩";
      return;
    }
    const left = Math.ceil((ends[place] - Date.now()) / 1000);
    clock.textContent = labels[place] + "还剩 " + Math.floor(left / 60) + " 分 " + String(left % 60).padStart(2, "0") + " 秒";
  };
  tick();
  setInterval(tick, 1000);
}

if (form) {
  restore();
  form.addEventListener("change", keep);
  form.addEventListener("submit", hold, true);
}
if (root) setInterval(() => { if (!document.hidden) look(); }, EVERY);
document.querySelectorAll("[data-left]").forEach(count);
