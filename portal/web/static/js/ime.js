// Whether a Chinese input method is composing. isComposing alone cannot be trusted: compositionend may come before the
// keydown of the Enter that ended it, so the flag is cleared one turn later.

let composing = false;

document.addEventListener("compositionstart", () => { composing = true; });
document.addEventListener("compositionend", () => { setTimeout(() => { composing = false; }, 0); });

export function isComposing() {
  return composing;
}

// True when a keydown must not act as a shortcut: composing, typing in a field, or with a modifier (Ctrl+Enter aside).
export function isTyping(event) {
  if (composing || event.isComposing || event.keyCode === 229) return true;
  if (event.ctrlKey && event.key === "Enter") return false;
  if (event.ctrlKey || event.altKey || event.metaKey) return true;
  const target = event.target;
  return target instanceof Element && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
