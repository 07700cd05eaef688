// One file, one request, with its progress. The form is an ordinary one that works without scripts:
//   <form method="post" enctype="multipart/form-data" data-upload id="files-x"> … <input type="file" name="file"> …
// A redirect means it was kept: the page is opened again at the form. An error page's summary is shown beside the file.

const STEPS = [25, 50, 75, 100]; // percent that are announced

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  if (text) made.textContent = text;
  return made;
}

function problemsIn(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  return Array.from(page.querySelectorAll(".errsum li")).map((line) => line.textContent.trim()).join("；");
}

export function start(form) {
  const input = form.querySelector("input[type='file']");
  const state = element("div", "upload-state");
  const bar = element("progress", "bar");
  const text = element("span", "savestate");
  const spoken = element("span", "visually-hidden");
  const cancel = element("button", "btn btn-link", "取消");
  spoken.setAttribute("role", "status");
  cancel.type = "button";
  bar.max = 100;
  state.append(bar, text, cancel, spoken);
  let request = null;

  function leaving(event) {
    event.preventDefault();
    event.returnValue = "";
  }

  function over(message) {
    request = null;
    removeEventListener("beforeunload", leaving);
    bar.hidden = cancel.hidden = true;
    text.textContent = spoken.textContent = message;
    text.classList.toggle("savestate-bad", Boolean(message));
  }

  function show(percent) {
    bar.value = percent;
    text.textContent = percent < 100 ? "正在上传 " + percent + "%" : "已上传，正在检查文件";
    const reached = STEPS.filter((step) => step <= percent).pop();
    if (reached && spoken.dataset.reached !== String(reached)) {
      spoken.dataset.reached = String(reached);
      spoken.textContent = input.files[0].name + " 已上传 " + reached + "%";
    }
  }

  function finish() {
    const { status, responseURL, responseText } = request;
    if (status >= 200 && status < 300) {
      over("");
      document.dispatchEvent(new Event("portal:flush"));
      const where = (responseURL || location.href).split("#")[0];
      if (where === location.href.split("#")[0]) location.reload();
      else location.href = where + (form.id ? "#" + form.id : "");
    } else {
      over(problemsIn(responseText) || "没有传上去，请稍后再试。");
    }
  }

  form.addEventListener("submit", (event) => {
    if (request) { event.preventDefault(); return; }
    if (!input.files.length) return;
    event.preventDefault();
    input.closest(".field").append(state);
    bar.hidden = cancel.hidden = false;
    text.classList.remove("savestate-bad");
    request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.upload.addEventListener("progress", (progress) => {
      if (progress.lengthComputable) show(Math.floor(100 * progress.loaded / progress.total));
    });
    request.addEventListener("load", finish);
    request.addEventListener("error", () => over("网络中断，已上传 " + (bar.value || 0) + "%。请再按一次上传。"));
    request.addEventListener("abort", () => over("已取消上传。"));
    addEventListener("beforeunload", leaving);
    show(0);
    request.send(new FormData(form));
  });
  cancel.addEventListener("click", () => request && request.abort());
}
