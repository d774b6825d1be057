// Extras only: every page works without them.
"use strict";

// "/" goes to the search field.
document.addEventListener("keydown", (event) => {
  const field = document.querySelector("[data-search]");
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing || !field) return;
  event.preventDefault();
  field.focus();
  field.select();
});

// The address of a feed, to the clipboard.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  const field = button.previousElementSibling;
  const words = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(field.value).catch(() => field.select());
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = words; }, 2000);
  });
}
for (const field of document.querySelectorAll(".copy input")) {
  field.addEventListener("focus", () => field.select());
}

// Lists get shorter while somebody types.
for (const field of document.querySelectorAll("[data-filter]")) {
  const items = [...document.getElementById(field.dataset.filter)?.children ?? []];
  const names = items.map((item) => item.textContent.toLowerCase());
  const line = field.closest(".filter");
  const status = line.querySelector("[role=status]");
  if (items.length < 8) continue;
  line.hidden = false;
  field.addEventListener("input", () => {
    const words = field.value.trim().toLowerCase();
    let shown = 0;
    items.forEach((item, index) => {
      item.hidden = !names[index].includes(words);
      shown += item.hidden ? 0 : 1;
    });
    status.textContent = shown ? "" : status.dataset.none;
  });
}
