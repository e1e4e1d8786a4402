// A button beside a text that is shown once, or beside a table. Without a script
// the text can be selected, so the button shows only here.
for (const button of document.querySelectorAll("[data-copy], [data-copy-table]")) button.hidden = false;

// As a spreadsheet takes it: a line a row, cells parted by tabs. What is said
// below a row is no cell.
function cellsOf(table) {
  const line = (row) => [...row.cells].flatMap((cell) => [cell.innerText.trim(), ...Array(cell.colSpan - 1).fill("")]).join("\t");
  return [...table.rows].filter((row) => !row.classList.contains("note")).map(line).join("\n");
}

// On a plain http address there is no clipboard but that of a field.
function copyByField(text) {
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy], [data-copy-table]");
  const source = button && document.getElementById(button.dataset.copy ?? button.dataset.copyTable);
  if (!source) return;
  source.select?.();
  const text = source.matches("table") ? cellsOf(source) : source.value;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    if (!copyByField(text)) return;
  }
  (button.querySelector("span") ?? button).textContent = button.dataset.done;
  button.setAttribute("role", "status");
});
